package io.sandrun.broker.job;

import io.sandrun.broker.JsonFields;
import io.sandrun.broker.Refusal;
import io.sandrun.broker.job.JobRequest.Wishes;
import io.sandrun.protocol.Limits;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import org.jspecify.annotations.Nullable;

/** Reads when and how often a client wants its job to run. */
final class WishReader {
    /** Longer than any way to write a time. */
    private static final int TIME_BYTES = 64;

    private final Clock clock;

    WishReader(Clock clock) {
        this.clock = clock;
    }

    Wishes read(JsonFields fields) {
        return new Wishes(
                fields.wholeNumber("priority", Limits.PRIORITY_MIN, Limits.PRIORITY_MAX)
                        .orElse(0L)
                        .intValue(),
                fields.wholeNumber("retries", 0, Limits.RETRIES_MAX).orElse(0L).intValue(),
                Math.round(1000
                        * fields.number("retry_backoff_seconds", 0, Limits.RETRY_BACKOFF_SECONDS_MAX)
                                .orElse(0.0)),
                notBeforeMs(fields));
    }

    private @Nullable Long notBeforeMs(JsonFields fields) {
        if (!fields.has("not_before")) {
            return null;
        }
        long latestMs =
                clock.millis() + Duration.ofDays(Limits.NOT_BEFORE_DAYS_MAX).toMillis();
        Long atMs = fields.isText("not_before") ? writtenOut(fields) : seconds(fields, latestMs);
        if (atMs == null || atMs > latestMs) {
            throw Refusal.invalidField(
                    fields.place("not_before"),
                    "seconds since 1970 or a time such as 2026-01-31T12:00:00Z, at most " + Limits.NOT_BEFORE_DAYS_MAX
                            + " days ahead");
        }
        return atMs;
    }

    private static Long seconds(JsonFields fields, long latestMs) {
        return Math.round(1000
                * fields.number("not_before", 0, Math.ceil(latestMs / 1000.0)).orElse(0.0));
    }

    private static @Nullable Long writtenOut(JsonFields fields) {
        try {
            return Instant.parse(fields.requiredText("not_before", TIME_BYTES)).toEpochMilli();
        } catch (DateTimeParseException | ArithmeticException wrong) {
            return null;
        }
    }
}
