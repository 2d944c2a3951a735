package io.sandrun.node.attempt;

import io.sandrun.protocol.log.LogStream;
import io.sandrun.runtime.OutputListener;
import io.sandrun.runtime.RunResult;
import java.time.Duration;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;

/** Runs the program in a sandbox of its slot, within the limits of the job. Thread-safe. */
public final class RunProgram implements AttemptStep {
    /**
     * A program that still runs after this long is told to be running. Shorter jobs go from assigned to their end,
     * which spares them a message each.
     */
    private static final long STARTED_NOTICE_MS = 100;

    private final ProgramRequest request;
    private final Runnable tellBroker;
    private final ScheduledExecutorService timer;

    /** @param tellBroker sends the broker news of what is held, without waiting for it */
    public RunProgram(ProgramRequest request, Runnable tellBroker, ScheduledExecutorService timer) {
        this.request = request;
        this.tellBroker = tellBroker;
        this.timer = timer;
    }

    @Override
    public String doing() {
        return "its program ran";
    }

    @Override
    public void take(AttemptWork work) {
        HeldAttempt attempt = work.attempt();
        ScheduledFuture<?> notice = timer.schedule(
                () -> {
                    attempt.markStarted();
                    tellBroker.run();
                },
                STARTED_NOTICE_MS,
                TimeUnit.MILLISECONDS);
        try {
            Duration waited = attempt.age();
            RunResult result = work.slot()
                    .run(
                            request.of(work),
                            attempt.cancellation(),
                            (stream, bytes) -> work.printed(logStream(stream), bytes));
            work.ran(result, waited);
        } finally {
            notice.cancel(false);
        }
    }

    private static LogStream logStream(OutputListener.Stream stream) {
        return switch (stream) {
            case STDOUT -> LogStream.STDOUT;
            case STDERR -> LogStream.STDERR;
        };
    }
}
