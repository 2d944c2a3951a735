package io.sandrun.broker.trust;

import static org.assertj.core.api.Assertions.assertThat;

import io.sandrun.protocol.identity.RequestSignature;
import org.junit.jupiter.api.Test;

class SeenRequestsTest {
    private static final long START_MS = 1_000_000;
    private static final long NOW_MS = START_MS + 600_000;
    private static final long EXPIRED_MS = NOW_MS - RequestSignature.AGE_MS_MAX;

    private final SeenRequests seen = new SeenRequests(3, START_MS);

    @Test
    void a_request_is_first_once_and_another_nodes_nonce_is_another() {
        assertThat(seen.isFirst("a", NOW_MS, "n", EXPIRED_MS)).isTrue();
        assertThat(seen.isFirst("a", NOW_MS, "n", EXPIRED_MS)).isFalse();
        assertThat(seen.isFirst("b", NOW_MS, "n", EXPIRED_MS)).isTrue();
        assertThat(seen.isFirst("a", NOW_MS, "m", EXPIRED_MS)).isTrue();
    }

    @Test
    void what_an_earlier_run_may_have_seen_is_never_first() {
        assertThat(seen.isFirst("a", START_MS + RequestSignature.AHEAD_MS_MAX - 1, "n", 0))
                .isFalse();
        assertThat(seen.isFirst("a", START_MS + RequestSignature.AHEAD_MS_MAX, "n", 0))
                .isTrue();
    }

    @Test
    void a_flood_forgets_the_oldest_and_takes_no_replay_of_it() {
        assertThat(seen.isFirst("a", NOW_MS - 10, "first", EXPIRED_MS)).isTrue();
        for (int count = 0; count < 100; count++) {
            assertThat(seen.isFirst("flood", NOW_MS + count, "n", EXPIRED_MS)).isTrue();
            assertThat(seen.isFirst("a", NOW_MS - 10, "first", EXPIRED_MS)).isFalse();
            assertThat(seen.isFirst("flood", NOW_MS + count, "n", EXPIRED_MS)).isFalse();
            assertThat(seen.isFirst("flood", NOW_MS, "n", EXPIRED_MS)).isFalse();
        }
    }

    @Test
    void an_honest_node_is_served_during_a_flood_of_signatures_ahead_of_time() {
        for (int count = 0; count < 3; count++) {
            assertThat(seen.isFirst("flood", NOW_MS + 200, "n" + count, EXPIRED_MS))
                    .isTrue();
        }
        for (int passed = 0; passed < 50; passed++) {
            assertThat(seen.isFirst("honest", NOW_MS + passed, "n", EXPIRED_MS)).isTrue();
        }
    }
}
