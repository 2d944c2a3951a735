package io.sandrun.cli.map;

import io.sandrun.cli.map.MapRun.Jobs;
import io.sandrun.protocol.BrokerException;
import io.sandrun.protocol.JobResult;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Asks a broker that is away or busy again for a while: a restart, a network that changes, a quota. For one call. */
final class Patience {
    private static final long PATIENCE_NANOS = TimeUnit.MINUTES.toNanos(5);
    private static final long FIRST_PAUSE_MS = 200;
    private static final long LONGEST_PAUSE_MS = 10_000;

    private final long begun = System.nanoTime();
    private long pauseMs = FIRST_PAUSE_MS;

    @FunctionalInterface
    private interface Call<T> {
        T make() throws IOException;
    }

    String submit(Jobs jobs, String input, String key) throws IOException {
        return ask(() -> jobs.submit(input, key));
    }

    Optional<JobResult> result(Jobs jobs, String jobId, double waitSeconds) throws IOException {
        return ask(() -> jobs.result(jobId, waitSeconds));
    }

    private <T> T ask(Call<T> call) throws IOException {
        while (true) {
            try {
                return call.make();
            } catch (InterruptedIOException stop) {
                throw stop;
            } catch (BrokerException refused) {
                if (!refused.isRetryable() || isOver()) {
                    throw refused;
                }
                pause(refused.body().retryAfter());
            } catch (IOException away) {
                if (isOver()) {
                    throw away;
                }
                pause(null);
            }
        }
    }

    private boolean isOver() {
        return System.nanoTime() - begun > PATIENCE_NANOS;
    }

    /** @param seconds that the broker named, or null */
    private void pause(@Nullable Integer seconds) throws IOException {
        long millis = seconds == null ? pauseMs : Math.min(TimeUnit.SECONDS.toMillis(seconds), LONGEST_PAUSE_MS);
        pauseMs = Math.min(2 * pauseMs, LONGEST_PAUSE_MS);
        try {
            var unused = new CountDownLatch(1).await(millis, TimeUnit.MILLISECONDS);
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while the broker was away");
        }
    }
}
