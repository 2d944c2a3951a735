package io.sandrun.broker;

import static org.assertj.core.api.Assertions.assertThat;

import io.sandrun.broker.BrokerUnderTest.Reply;
import io.sandrun.protocol.Limits;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** There are only so many distinct needs at a time. */
class NeedsLimitTest {
    private static final Duration TTL = Duration.ofSeconds(1);

    private final SettableClock clock = new SettableClock();

    private static Map<String, Object> job(int needs) {
        return Map.of("code", "x", "labels", Map.of("number", Integer.toString(needs)));
    }

    private static Map<String, Object> batch(int from, int to) {
        return Map.of(
                "jobs", IntStream.range(from, to).mapToObj(NeedsLimitTest::job).toList());
    }

    private static int jobs(BrokerUnderTest broker) {
        return broker.get("/health").body().path("jobs").asInt();
    }

    @Test
    void new_needs_beyond_the_limit_are_refused_until_others_are_forgotten(@TempDir Path directory) {
        try (BrokerUnderTest broker = BrokerUnderTest.start(directory, settings -> settings.resultTtl(TTL), clock)) {
            String first = broker.submit(job(0));
            for (int from = 1; from < Limits.REQUIREMENT_CLASSES; from += Limits.BATCH_JOBS) {
                int to = Math.min(from + Limits.BATCH_JOBS, Limits.REQUIREMENT_CLASSES);
                assertThat(broker.post("/submit/batch", batch(from, to)).status())
                        .isEqualTo(200);
            }

            Reply refused =
                    broker.post("/submit/batch", Map.of("jobs", List.of(job(1), job(Limits.REQUIREMENT_CLASSES))));
            assertThat(refused.status()).isEqualTo(429);
            assertThat(refused.text("code")).isEqualTo("rate_limited");
            assertThat(refused.raw().headers().firstValue("Retry-After")).isPresent();
            assertThat(jobs(broker)).isEqualTo(Limits.REQUIREMENT_CLASSES);
            String known = broker.submit(job(1));

            broker.send(broker.request("/jobs/" + first).DELETE());
            clock.advance(TTL.multipliedBy(2));
            Reply later = broker.post("/submit", job(Limits.REQUIREMENT_CLASSES));
            // Each question waits for as long as a sweep may take to come round.
            for (int tries = 0; tries < 20 && later.status() == 429; tries++) {
                broker.get("/status/" + known + "?wait=0.3");
                later = broker.post("/submit", job(Limits.REQUIREMENT_CLASSES));
            }
            assertThat(later.status()).isEqualTo(200);
            assertThat(broker.state(known)).isEqualTo("pending");
        }
    }
}
