package io.sandrun.broker.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sandrun.broker.Quota;
import io.sandrun.broker.Refusal;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** Addresses that come once are not remembered for ever, and nothing that counts is forgotten. */
class AccountsTest {
    private static final Quota QUOTA = new Quota(2, 2, 1, 100);
    private static final long HOUR_MS = Duration.ofHours(1).toMillis();
    private static final long MINUTE_MS = Duration.ofMinutes(1).toMillis();

    private final Accounts accounts = new Accounts();
    private long nowMs = 1_700_000_000_000L;

    private Account submit(String client, long bytes) {
        return accounts.enter(client, account -> account.take(QUOTA, 1, bytes, nowMs));
    }

    @Test
    void clients_of_whom_nothing_counts_any_more_are_forgotten() {
        for (int count = 0; count < 10_000; count++) {
            submit("10.0.0." + count, 0).ended();
        }
        accounts.forgetBlank(nowMs + HOUR_MS - 2 * MINUTE_MS);
        assertThat(accounts.size()).isEqualTo(10_000);
        accounts.forgetBlank(nowMs + HOUR_MS);
        assertThat(accounts.size()).isZero();
    }

    @Test
    void one_with_a_job_or_a_file_is_kept_for_as_long_as_it_has_it() {
        Account running = submit("running", 0);
        Account storing = submit("storing", 10);
        storing.ended();
        nowMs += 24 * HOUR_MS;
        accounts.forgetBlank(nowMs);
        assertThat(accounts.look("running")).isSameAs(running);
        assertThat(accounts.look("storing")).isSameAs(storing);
        assertThatThrownBy(() -> submit("storing", 91)).isInstanceOf(Refusal.class);
        running.ended();
        storing.forgot(10);
        accounts.forgetBlank(nowMs);
        assertThat(accounts.size()).isZero();
    }

    @Test
    void cpu_time_is_remembered_for_its_minute() {
        Account account = accounts.enter("one", opened -> opened.used(2, nowMs));
        accounts.forgetBlank(nowMs + MINUTE_MS - 2_000);
        assertThat(accounts.look("one")).isSameAs(account);
        accounts.forgetBlank(nowMs + MINUTE_MS);
        assertThat(accounts.size()).isZero();
    }

    @Test
    void who_is_refused_or_looks_opens_no_account() {
        assertThatThrownBy(() -> submit("greedy", 101)).isInstanceOf(Refusal.class);
        assertThat(accounts.look("curious").usage(nowMs).activeJobs()).isZero();
        assertThat(accounts.size()).isZero();
    }
}
