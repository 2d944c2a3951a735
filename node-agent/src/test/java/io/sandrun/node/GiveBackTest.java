package io.sandrun.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.sandrun.node.attempt.HeldAttempt;
import io.sandrun.protocol.BrokerClient;
import io.sandrun.protocol.Capabilities;
import io.sandrun.protocol.ErrorBody;
import io.sandrun.protocol.JobFiles;
import io.sandrun.protocol.JobLimits;
import io.sandrun.protocol.NodeMessages.ClaimedJob;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class GiveBackTest {
    private static final long PATIENCE_MS = 10_000;
    private static final Capabilities CAPABILITIES = Capabilities.of(List.of("python3"), 1, 1024, 1);

    private ScriptedBroker broker;
    private GiveBack giveBack;

    @BeforeEach
    void start() throws Exception {
        broker = new ScriptedBroker();
        BrokerClient client = new BrokerClient(broker.url());
        giveBack = new GiveBack(client, new BrokerSession(client, "key", "test", CAPABILITIES, new HeldLeases()));
    }

    @AfterEach
    void stop() {
        broker.close();
    }

    private static HeldAttempt attempt(String leaseId) {
        JobLimits limits = new JobLimits(1, null, 64, 16, 16, 0);
        return new HeldAttempt(new ClaimedJob(
                "pool-1", leaseId, 1, "", "python3", List.of(), Map.of(), "", limits, null, JobFiles.NONE));
    }

    @Test
    void leases_are_released_by_a_node_that_stays_and_their_jobs_stopped() throws Exception {
        HeldAttempt one = attempt("lease-1");
        HeldAttempt two = attempt("lease-2");
        giveBack.all(List.of(one, two));
        assertThat(broker.await("/release").toString())
                .contains("\"leases\":[\"lease-1\",\"lease-2\"]")
                .contains("\"leaving\":false");
        assertThat(one.isLost()).isTrue();
        assertThat(two.isLost()).isTrue();
    }

    @Test
    void the_owner_does_not_wait_for_a_broker_that_accepts_calls_and_never_answers() throws Exception {
        try (ServerSocket silent = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
            BrokerClient client = new BrokerClient(URI.create("http://127.0.0.1:" + silent.getLocalPort()));
            BrokerSession session = new BrokerSession(client, "key", "test", CAPABILITIES, new HeldLeases());
            HeldAttempt attempt = attempt("lease-1");
            CountDownLatch stopped = new CountDownLatch(1);
            attempt.cancellation().wakeUpWith(stopped::countDown);
            Thread owner = new Thread(() -> new GiveBack(client, session).all(List.of(attempt)));
            owner.start();
            // Whoever opens or closes the node meanwhile does not wait for that call either.
            silent.accept();
            session.offer(CAPABILITIES);
            assertThat(stopped.await(15, TimeUnit.SECONDS)).isTrue();
            assertThat(owner.isAlive()).as("its call still waits").isTrue();
            assertThat(attempt.isLost()).isTrue();
            client.close();
            owner.interrupt();
            owner.join(PATIENCE_MS);
        }
    }

    @Test
    void the_owner_gets_the_machine_though_the_broker_is_away() {
        broker.answer("/release", 503, new ErrorBody("Come back.", "unavailable", Map.of()));
        HeldAttempt attempt = attempt("lease-1");
        giveBack.all(List.of(attempt));
        assertThat(attempt.isLost()).isTrue();
        assertThat(attempt.cancellation().isCancelled()).isTrue();
    }
}
