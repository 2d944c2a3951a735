package io.sandrun.broker;

import static org.assertj.core.api.Assertions.assertThat;

import io.sandrun.broker.BrokerUnderTest.Reply;
import io.sandrun.broker.ScriptedNode.Job;
import io.sandrun.protocol.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** How jobs spread over the workers of a trusted pool, and that none gets more at once than its list says. */
@Timeout(60)
class PoolLoadTest {
    private static final int SLOTS = 8;
    private static final long PATIENCE_SECONDS = 20;

    @TempDir
    private Path directory;

    @AutoClose
    private BrokerUnderTest broker;

    private final Map<String, Integer> listed = new LinkedHashMap<>();
    private final BlockingQueue<String> handedOut = new LinkedBlockingQueue<>();

    @BeforeEach
    void start() throws IOException {
        list("one", 4);
        broker = BrokerUnderTest.start(
                directory.resolve("data"),
                settings -> settings.allowUnsignedNodes(false).workers(directory.resolve("workers.json")));
    }

    private void list(String name, int maxConcurrentJobs) throws IOException {
        listed.put(name, maxConcurrentJobs);
        String json = Json.write(listed.entrySet().stream()
                .map(entry ->
                        Map.of("worker_id", ScriptedNode.key(entry.getKey()), "max_concurrent_jobs", entry.getValue()))
                .toList());
        Path draft = Files.writeString(directory.resolve("draft"), json);
        Files.move(draft, directory.resolve("workers.json"), StandardCopyOption.ATOMIC_MOVE);
        if (broker != null) {
            BrokerUnderTest.await(() -> bound(name) == maxConcurrentJobs);
        }
    }

    private int bound(String name) {
        return (int) told(name, "max_concurrent_jobs");
    }

    private double told(String name, String field) {
        for (var worker : broker.get("/pool").body().path("workers")) {
            if (worker.path("worker_id").asText().equals(ScriptedNode.key(name))) {
                return worker.path(field).asDouble();
            }
        }
        return -1;
    }

    /** A node that claims for all its places, as ours does, and keeps what it gets. */
    private final class Worker {
        private final String name;
        private final ScriptedNode node;
        private final List<Job> held = Collections.synchronizedList(new ArrayList<>());

        Worker(String name, int places) {
            this.name = name;
            node = ScriptedNode.register(broker, name, Map.of("slots", places));
            claim(places);
            awaitClaim();
        }

        /** Waits until its last claim has arrived: on a busy machine that takes longer than a job waits for it. */
        void awaitClaim() {
            BrokerUnderTest.await(() -> node.waitingClaims() > 0);
        }

        private void claim(int free) {
            var unused = node.claimLater(free, PATIENCE_SECONDS).thenAccept(jobs -> {
                held.addAll(jobs);
                if (!jobs.isEmpty() && jobs.size() < free) {
                    claim(free - jobs.size());
                }
                jobs.forEach(job -> handedOut.add(name));
            });
        }

        void finishOne() {
            assertThat(node.complete(held.remove(0), "done").status()).isEqualTo(200);
        }
    }

    /** Waits until so many jobs were handed out in all, and tells to whom. */
    private List<String> awaitHandedOut(int jobs) throws InterruptedException {
        List<String> to = new ArrayList<>();
        while (to.size() < jobs) {
            String name = handedOut.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
            assertThat(name).as("after %s", to).isNotNull();
            to.add(name);
        }
        return to;
    }

    private void submitOneByOne(int jobs, List<Worker> workers) throws InterruptedException {
        for (int count = 0; count < jobs; count++) {
            broker.submit("x");
            awaitHandedOut(1);
            workers.forEach(Worker::awaitClaim);
        }
    }

    private void submitBatch(int jobs) {
        Reply reply = broker.post("/submit/batch", Map.of("jobs", Collections.nCopies(jobs, Map.of("code", "x"))));
        assertThat(reply.status()).isEqualTo(200);
    }

    @Test
    void jobs_that_come_one_after_the_other_go_to_the_least_loaded() throws Exception {
        list("two", 4);
        list("three", 4);
        List<Worker> workers = List.of(new Worker("one", 4), new Worker("two", 4), new Worker("three", 4));
        submitOneByOne(9, workers);
        assertThat(workers).extracting(worker -> worker.held.size()).containsExactly(3, 3, 3);
    }

    @Test
    void jobs_that_come_together_spread_as_if_they_came_one_by_one() throws Exception {
        list("two", 4);
        list("three", 4);
        List<Worker> workers = List.of(new Worker("one", 4), new Worker("two", 4), new Worker("three", 4));
        submitBatch(9);
        awaitHandedOut(9);
        assertThat(workers).extracting(worker -> worker.held.size()).containsExactly(3, 3, 3);
    }

    @Test
    void of_workers_with_different_numbers_of_places_the_larger_one_gets_more() throws Exception {
        list("two", 2);
        Worker large = new Worker("one", SLOTS);
        Worker small = new Worker("two", SLOTS);
        submitOneByOne(3, List.of(large, small));
        assertThat(large.held).hasSize(2);
        assertThat(small.held).hasSize(1);
        submitBatch(9);
        awaitHandedOut(3);
        assertThat(large.held).hasSize(4);
        assertThat(small.held).hasSize(2);
        assertThat(told("one", "active_jobs")).isEqualTo(4);
        assertThat(told("two", "active_jobs")).isEqualTo(2);
        large.finishOne();
        assertThat(awaitHandedOut(1)).containsExactly("one");
        small.finishOne();
        assertThat(awaitHandedOut(1)).containsExactly("two");
    }

    @Test
    void several_claims_of_a_worker_get_together_what_it_may_have() throws Exception {
        list("one", 3);
        Worker worker = new Worker("one", SLOTS);
        worker.claim(SLOTS);
        worker.claim(SLOTS);
        submitBatch(20);
        awaitHandedOut(3);
        List<Job> more = worker.node.claim(SLOTS, 0);
        assertThat(more).isEmpty();
        assertThat(told("one", "active_jobs")).isEqualTo(3);
        for (int count = 0; count < 6; count++) {
            worker.finishOne();
            awaitHandedOut(1);
            assertThat(told("one", "active_jobs")).isEqualTo(3);
        }
        assertThat(handedOut).isEmpty();
    }

    @Test
    void a_list_that_says_fewer_takes_nothing_away_and_gives_nothing_until_then() throws Exception {
        Worker worker = new Worker("one", SLOTS);
        worker.claim(SLOTS);
        submitBatch(10);
        awaitHandedOut(4);
        list("one", 2);
        worker.finishOne();
        worker.finishOne();
        assertThat(told("one", "active_jobs")).isEqualTo(2);
        assertThat(worker.node.claim(1, 0)).isEmpty();
        worker.finishOne();
        awaitHandedOut(1);
        assertThat(told("one", "active_jobs")).isEqualTo(2);
        list("one", 5);
        awaitHandedOut(3);
        assertThat(told("one", "active_jobs")).isEqualTo(5);
        assertThat(handedOut).isEmpty();
    }

    @Test
    void a_job_that_its_worker_gives_back_goes_to_another() throws Exception {
        list("two", 4);
        Worker one = new Worker("one", 1);
        String jobId = broker.submit("x");
        assertThat(awaitHandedOut(1)).containsExactly("one");
        Worker two = new Worker("two", 1);
        Job given = one.held.remove(0);
        assertThat(one.node.release(false, given).body().path("released").asInt())
                .isEqualTo(1);
        assertThat(awaitHandedOut(1)).containsExactly("two");
        assertThat(two.held.get(0).id()).isEqualTo(jobId);
        two.finishOne();
        assertThat(broker.state(jobId)).isEqualTo("completed");
    }
}
