package io.sandrun.broker;

import static io.sandrun.broker.BrokerUnderTest.answer;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sandrun.broker.BrokerUnderTest.Reply;
import io.sandrun.broker.ScriptedNode.Job;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a broker accepted outlives it, and it ends in order. */
class RestartTest {
    @TempDir
    private Path directory;

    @Test
    void pending_held_and_finished_jobs_are_there_after_a_restart() {
        SettableClock clock = new SettableClock();
        String finished;
        String held;
        String pending;
        Job job;
        ScriptedNode node;
        try (BrokerUnderTest broker = BrokerUnderTest.start(directory, settings -> settings, clock)) {
            node = ScriptedNode.register(broker, "one");
            finished = broker.submit("print(1)");
            node.complete(node.claimOne(), "1");
            held = broker.submit("print(2)");
            job = node.claimOne();
            pending = broker.submit("print(3)");
        }
        clock.advance(Duration.ofHours(1).minusSeconds(1));
        try (BrokerUnderTest broker = BrokerUnderTest.start(directory, settings -> settings, clock)) {
            assertThat(broker.result(finished).path("output").asText()).isEqualTo("1");
            assertThat(broker.state(held)).isEqualTo("assigned");
            assertThat(broker.get("/health").body().path("jobs").asInt()).isEqualTo(2);
            ScriptedNode again = ScriptedNode.register(broker, "one", Map.of(), List.of(job.leaseId()));
            assertThat(again.id()).isEqualTo(node.id());
            assertThat(again.complete(job, "2").status()).isEqualTo(200);
            assertThat(broker.result(held).path("output").asText()).isEqualTo("2");
            assertThat(again.claimOne().id()).isEqualTo(pending);
            assertThat(broker.get("/nodes").body().path("nodes")).hasSize(1);
        }
    }

    @Test
    void after_its_own_restart_the_broker_gives_leases_a_full_timeout_of_grace() {
        SettableClock clock = new SettableClock();
        String jobId;
        try (BrokerUnderTest broker = BrokerUnderTest.start(directory, settings -> settings, clock)) {
            jobId = broker.submit("print(1)");
            ScriptedNode.register(broker, "one").claimOne();
        }
        clock.advance(Duration.ofMinutes(30));
        try (BrokerUnderTest broker = BrokerUnderTest.start(directory, settings -> settings, clock)) {
            clock.advance(Duration.ofSeconds(14));
            ScriptedNode other = ScriptedNode.register(broker, "other");
            assertThat(other.claim(1, 1.5)).isEmpty();
            CompletableFuture<List<Job>> claim = other.claimParked(1, 10);
            clock.advance(Duration.ofSeconds(2));
            assertThat(answer(claim)).extracting(Job::id).containsExactly(jobId);
        }
    }

    @Test
    void a_result_is_forgotten_after_its_time() {
        SettableClock clock = new SettableClock();
        try (BrokerUnderTest broker =
                BrokerUnderTest.start(directory, settings -> settings.resultTtl(Duration.ofSeconds(1)), clock)) {
            ScriptedNode node = ScriptedNode.register(broker, "one");
            String jobId = broker.submit("print(1)");
            String pending = broker.submit(Map.of("code", "x", "interpreter", "ruby"));
            node.complete(node.claimOne(), "1");
            assertThat(broker.result(jobId).path("output").asText()).isEqualTo("1");
            clock.advance(Duration.ofSeconds(2));
            // Each question waits for as long as a sweep may take to come round.
            Reply reply = broker.get("/status/" + pending + "?wait=0.3");
            for (int tries = 0; tries < 20 && broker.get("/status/" + jobId).status() != 404; tries++) {
                reply = broker.get("/status/" + pending + "?wait=0.3");
            }
            assertThat(broker.get("/results/" + jobId).status()).isEqualTo(404);
            assertThat(reply.text("state")).isEqualTo("pending");
        }
    }

    @Test
    void two_brokers_do_not_share_a_data_directory() {
        try (BrokerUnderTest broker = BrokerUnderTest.start(directory)) {
            assertThatThrownBy(() -> BrokerUnderTest.start(directory))
                    .isInstanceOf(DataDirectoryInUseException.class)
                    .hasMessageContaining("process " + ProcessHandle.current().pid());
            assertThat(broker.get("/health").status()).isEqualTo(200);
        }
        BrokerUnderTest.start(directory).close();
    }

    @Test
    void a_port_that_is_taken_leaves_nothing_behind(@TempDir Path other) {
        try (BrokerUnderTest broker = BrokerUnderTest.start(directory)) {
            assertThatThrownBy(() -> BrokerUnderTest.start(other, settings -> settings.port(broker.port())))
                    .isInstanceOf(PortUnavailableException.class)
                    .hasMessageContaining("--port");
        }
        BrokerUnderTest.start(other).close();
    }

    @Test
    void a_stop_with_many_parked_requests_is_quick_and_answers_them() {
        BrokerUnderTest broker = BrokerUnderTest.start(directory);
        ScriptedNode node = ScriptedNode.register(broker, "one");
        String jobId = broker.submit(Map.of("code", "x", "interpreter", "ruby"));
        List<CompletableFuture<?>> parked = new ArrayList<>();
        for (int request = 0; request < 50; request++) {
            parked.add(node.claimLater(1, 30));
            parked.add(broker.getLater("/results/" + jobId + "?wait=100"));
        }
        BrokerUnderTest.await(() -> node.waitingClaims() == 50);
        // Long enough for the other requests before it to have arrived.
        broker.get("/status/" + jobId + "?wait=1");
        long startNs = System.nanoTime();
        broker.close();
        assertThat(Duration.ofNanos(System.nanoTime() - startNs)).isLessThan(Duration.ofSeconds(8));
        parked.forEach(request -> assertThat(request).succeedsWithin(Duration.ofSeconds(8)));
    }
}
