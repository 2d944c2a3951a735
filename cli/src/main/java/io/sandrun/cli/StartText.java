package io.sandrun.cli;

import io.sandrun.protocol.JobResult;
import io.sandrun.protocol.PhasesMs;
import io.sandrun.protocol.Start;
import java.util.Locale;
import java.util.Optional;

/** In words for the terminal, how the process of a program came to be and where its time went. */
final class StartText {
    private StartText() {}

    static String of(PhasesMs took) {
        return String.format(
                Locale.ROOT,
                "(prepared %.1f ms, started %.1f ms, ran %.1f ms)",
                took.prepare(),
                took.start(),
                took.run());
    }

    /** Empty where the job's node does not say. */
    static Optional<String> of(JobResult result) {
        Start start = result.start();
        PhasesMs took = result.phasesMs();
        return start == null || took == null
                ? Optional.empty()
                : Optional.of("%s start on %s %s".formatted(start.wire(), result.nodeId(), of(took)));
    }
}
