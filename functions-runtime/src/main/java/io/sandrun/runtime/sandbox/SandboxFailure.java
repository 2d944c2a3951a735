package io.sandrun.runtime.sandbox;

import io.sandrun.runtime.linux.LinuxException;
import java.io.IOException;
import java.util.Set;

/** A step inside that did not work, told in a sentence. Our failure unless {@link #isOfCommand}. */
final class SandboxFailure extends IOException {
    /** EPERM, ENOENT, E2BIG, ENOEXEC, EACCES, ENOTDIR, EISDIR, EINVAL, ENAMETOOLONG, ELOOP, ELIBBAD. */
    private static final Set<Integer> FAULTS_OF_COMMAND = Set.of(1, 2, 7, 8, 13, 20, 21, 22, 36, 40, 80);

    private static final int ETIMEDOUT = 110;

    private final Protocol.Failure failure;

    SandboxFailure(Protocol.Failure failure) {
        super(sentence(failure));
        this.failure = failure;
    }

    /** Whether everything was ready and the command itself is at fault: another node would not run it either. */
    boolean isOfCommand() {
        return failure.step().equals(Protocol.EXECUTE_STEP) && FAULTS_OF_COMMAND.contains(failure.errno());
    }

    /** A step that somebody inside never did. */
    static SandboxFailure ofHang(String step) {
        return new SandboxFailure(new Protocol.Failure(ETIMEDOUT, 0, step, ""));
    }

    /** Whether somebody inside did not do its step in time. */
    boolean isOfHang() {
        return failure.errno() == ETIMEDOUT;
    }

    private static String sentence(Protocol.Failure failure) {
        String why = LinuxException.describe(failure.errno());
        if (failure.step().equals(Protocol.EXECUTE_STEP)) {
            return "The program " + failure.detail() + " cannot be started in the sandbox: " + why + ".";
        }
        String where = failure.detail().isEmpty() ? "" : " (" + failure.detail() + ")";
        return "The sandbox could not be set up at the step '" + failure.step() + "'" + where + ": " + why + ".";
    }
}
