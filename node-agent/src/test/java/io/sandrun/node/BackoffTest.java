package io.sandrun.node;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class BackoffTest {
    @Test
    void waits_longer_from_failure_to_failure_but_never_longer_than_ten_seconds() {
        Backoff backoff = new Backoff();
        assertThat(backoff.next()).isBetween(Duration.ofMillis(50), Duration.ofMillis(100));
        for (int failure = 0; failure < 20; failure++) {
            backoff.next();
        }
        assertThat(backoff.next()).isBetween(Duration.ofSeconds(5), Duration.ofSeconds(10));
        backoff.reset();
        assertThat(backoff.next()).isLessThanOrEqualTo(Duration.ofMillis(100));
    }
}
