package io.sandrun.node;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.sandrun.node.attempt.HeldAttempt;
import io.sandrun.protocol.BrokerClient;
import io.sandrun.protocol.Capabilities;
import io.sandrun.protocol.ErrorBody;
import io.sandrun.protocol.JobFiles;
import io.sandrun.protocol.JobLimits;
import io.sandrun.protocol.NodeMessages.ClaimedJob;
import io.sandrun.protocol.NodeMessages.HeartbeatAnswer;
import io.sandrun.protocol.NodeMessages.Registered;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HeartbeatLoopTest {
    private ScriptedBroker broker;
    private HeldLeases leases;
    private BrokerSession session;
    private HeartbeatLoop heartbeats;
    private Thread loop;

    @BeforeEach
    void start() throws Exception {
        broker = new ScriptedBroker();
        // A test that had to wait for the next regular heartbeat would time out.
        broker.answer("/register", 200, new Registered("node-1", 3600, null));
        broker.answer("/heartbeat", 200, new HeartbeatAnswer(List.of(), List.of()));
        leases = new HeldLeases();
        BrokerClient client = new BrokerClient(broker.url());
        Capabilities capabilities = Capabilities.of(List.of("python3"), 1, 1024, 1);
        session = new BrokerSession(client, "key", "test", capabilities, leases);
        heartbeats = new HeartbeatLoop(client, session, leases);
        loop = new Thread(heartbeats);
    }

    @AfterEach
    void stop() throws Exception {
        loop.interrupt();
        loop.join();
        broker.close();
    }

    @Test
    void names_every_lease_and_whether_its_program_has_started() throws Exception {
        HeldAttempt attempt = hold("lease-1");
        leases.awaitAcknowledgement("lease-2");
        loop.start();
        JsonNode first = broker.await("/heartbeat");
        assertThat(first.path("leases").toString())
                .contains("{\"lease_id\":\"lease-1\",\"started\":false}")
                .contains("{\"lease_id\":\"lease-2\",\"started\":true}");

        attempt.markStarted();
        heartbeats.nudge();
        assertThat(broker.await("/heartbeat").path("leases").toString())
                .contains("{\"lease_id\":\"lease-1\",\"started\":true}");
    }

    @Test
    void an_idle_node_does_not_ask_the_broker_to_wait() throws Exception {
        loop.start();
        assertThat(broker.await("/heartbeat").path("wait_seconds").asDouble()).isZero();
        hold("lease-1");
        heartbeats.nudge();
        assertThat(broker.await("/heartbeat").path("wait_seconds").asDouble()).isPositive();
    }

    @Test
    void a_lease_that_the_broker_took_away_stops_its_job_and_is_named_no_more() throws Exception {
        HeldAttempt attempt = hold("lease-1");
        CountDownLatch stopped = new CountDownLatch(1);
        attempt.cancellation().wakeUpWith(stopped::countDown);
        broker.answer("/heartbeat", 200, new HeartbeatAnswer(List.of("lease-1"), List.of()));
        loop.start();

        assertThat(stopped.await(20, TimeUnit.SECONDS)).isTrue();
        assertThat(attempt.isLost()).isTrue();
        assertThat(leases.snapshot()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"worker_not_listed", "key_required", "key_invalid", "key_ended", "role_refused"})
    void a_node_that_is_served_no_more_stops_everything(String code) throws Exception {
        HeldAttempt attempt = hold("lease-1");
        leases.awaitAcknowledgement("lease-2");
        CountDownLatch stopped = new CountDownLatch(1);
        attempt.cancellation().wakeUpWith(stopped::countDown);
        broker.answer("/heartbeat", 403, new ErrorBody("Go away.", code, Map.of()));
        loop.start();

        assertThat(stopped.await(20, TimeUnit.SECONDS)).isTrue();
        assertThat(attempt.isLost()).isTrue();
        if (code.equals("worker_not_listed")) {
            assertThat(session.dismissed()).as("it may be on the list again").isNotDone();
        } else {
            assertThat(session.dismissed().get(20, TimeUnit.SECONDS).getMessage())
                    .isEqualTo("Go away.");
        }
    }

    @Test
    void a_node_that_is_not_let_in_learns_it_too() throws Exception {
        broker.answer("/register", 401, new ErrorBody("Show a key.", "key_required", Map.of()));
        loop.start();
        assertThat(session.dismissed().get(20, TimeUnit.SECONDS).getMessage()).isEqualTo("Show a key.");
    }

    @Test
    void trouble_that_passes_stops_nothing() throws Exception {
        HeldAttempt attempt = hold("lease-1");
        broker.answer("/heartbeat", 503, new ErrorBody("Come back.", "unavailable", Map.of()));
        loop.start();
        broker.await("/heartbeat");
        heartbeats.nudge();
        broker.await("/heartbeat");
        assertThat(attempt.isLost()).isFalse();
        assertThat(session.dismissed()).isNotDone();
    }

    @Test
    void a_cancel_stops_the_job_but_keeps_the_lease_for_its_report() throws Exception {
        HeldAttempt attempt = hold("lease-1");
        CountDownLatch stopped = new CountDownLatch(1);
        attempt.cancellation().wakeUpWith(stopped::countDown);
        broker.answer("/heartbeat", 200, new HeartbeatAnswer(List.of(), List.of("lease-1")));
        loop.start();

        assertThat(stopped.await(20, TimeUnit.SECONDS)).isTrue();
        assertThat(attempt.isLost()).isFalse();
        assertThat(leases.ids()).containsExactly("lease-1");
    }

    private HeldAttempt hold(String leaseId) {
        HeldAttempt attempt = new HeldAttempt(new ClaimedJob(
                "pool-1",
                leaseId,
                1,
                "",
                "python3",
                List.of(),
                Map.of(),
                "",
                new JobLimits(1, null, 64, 16, 16, 0),
                null,
                JobFiles.NONE));
        leases.hold(attempt);
        return attempt;
    }
}
