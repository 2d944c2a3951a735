package io.sandrun.cli;

/** The process: runs the command line and leaves with its exit code. */
public final class Main {
    private Main() {}

    public static void main(String[] args) {
        int exitCode = Sandrun.execute(args);
        System.out.flush();
        System.err.flush();
        // Idle HTTP threads would keep the process alive for seconds.
        System.exit(exitCode);
    }
}
