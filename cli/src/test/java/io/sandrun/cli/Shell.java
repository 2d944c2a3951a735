package io.sandrun.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;

/** A bash in which a test types what a document tells its readers to type; ended with its test. */
final class Shell implements AutoCloseable {
    private static final long PATIENCE_SECONDS = 120;

    /** Where the documents have their server. */
    private static final String WRITTEN_ADDRESS = "http://localhost:8443";

    /** Stands after what a command printed. */
    private static final String END = "--- end of the command: ";

    private final Process bash;
    private final Writer keyboard;
    private final String address;
    private final BlockingQueue<String> lines = new LinkedBlockingQueue<>();

    /** @param address in place of the documents' own */
    Shell(Path directory, String address) throws IOException {
        this.address = address;
        bash = new ProcessBuilder("bash", "--noprofile", "--norc")
                .directory(directory.toFile())
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        keyboard = bash.outputWriter(StandardCharsets.UTF_8);
        Thread reader = new Thread(this::read, "a shell's screen");
        reader.setDaemon(true);
        reader.start();
    }

    /** Skips the test, with the reason, where one of these programs is missing. */
    static void assumeHas(String... programs) throws Exception {
        for (String program : programs) {
            Process which = new ProcessBuilder("sh", "-c", "command -v " + program)
                    .redirectErrorStream(true)
                    .start();
            which.getInputStream().readAllBytes();
            Assumptions.assumeTrue(
                    which.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS) && which.exitValue() == 0,
                    "this machine has no " + program);
        }
    }

    /** Types a command, which must succeed, and returns what it printed. */
    String type(String command) throws Exception {
        keyboard.write(command.replace(WRITTEN_ADDRESS, address) + "\nprintf '\\n%s%s\\n' '" + END + "' \"$?\"\n");
        keyboard.flush();
        StringBuilder screen = new StringBuilder();
        while (true) {
            String line = lines.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
            assertThat(line).as("after %s and %s", command, screen).isNotNull();
            if (line.startsWith(END)) {
                assertThat(line).as("%s printed %s", command, screen).isEqualTo(END + "0");
                return screen.substring(0, screen.length() - 1);
            }
            screen.append(line).append('\n');
        }
    }

    /** Where a document tells to wait for some seconds, waits until the job has ended. */
    void awaitJob() throws Exception {
        type("curl -s \"http://localhost:8443/status/$JOB_ID?wait=100\"");
    }

    List<String> typeLines(String command) throws Exception {
        return type(command).lines().toList();
    }

    private void read() {
        try (BufferedReader screen = bash.inputReader(StandardCharsets.UTF_8)) {
            for (String line = screen.readLine(); line != null; line = screen.readLine()) {
                lines.add(line);
            }
        } catch (IOException closed) {
            // The shell is gone and its pipe with it.
        }
    }

    @Override
    public void close() {
        bash.destroyForcibly();
    }
}
