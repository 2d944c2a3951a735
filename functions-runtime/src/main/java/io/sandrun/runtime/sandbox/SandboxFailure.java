package io.sandrun.runtime.sandbox;

import io.sandrun.runtime.linux.LinuxException;
import java.io.IOException;

/** A step inside that did not work, told in a sentence. Our failure unless {@link #isOfCommand}. */
final class SandboxFailure extends IOException {
    private final Protocol.Failure failure;

    SandboxFailure(Protocol.Failure failure) {
        super(sentence(failure));
        this.failure = failure;
    }

    /** Whether everything was ready and only the command could not be executed. */
    boolean isOfCommand() {
        return failure.step().equals(Protocol.EXECUTE_STEP);
    }

    String step() {
        return failure.step();
    }

    int errno() {
        return failure.errno();
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
