package io.sandrun.cli;

import io.sandrun.protocol.Limits;
import picocli.CommandLine.Option;

/** How long a job that has not ended is waited for. */
final class WaitOption {
    @Option(
            names = "--wait",
            paramLabel = "SECONDS",
            description = "Wait that long for the job to end, at most " + (int) Limits.WAIT_SECONDS_MAX + ".")
    private double wished;

    /** As long as a broker lets anybody wait at most. */
    double seconds() {
        return Math.min(wished, Limits.WAIT_SECONDS_MAX);
    }
}
