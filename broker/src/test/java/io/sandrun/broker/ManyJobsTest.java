package io.sandrun.broker;

import static io.sandrun.broker.BrokerUnderTest.answer;
import static org.assertj.core.api.Assertions.assertThat;

import io.sandrun.broker.ScriptedNode.Job;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

class ManyJobsTest {
    private static final int JOBS = 2_000;
    private static final int SUBMITTERS = 8;
    private static final int NODES = 4;

    /** Seconds on an idle machine; minutes on one that builds something else at the same time. */
    private static final long PATIENCE_SECONDS = 150;

    @Test
    @Timeout(PATIENCE_SECONDS + 30)
    void of_many_jobs_by_many_submitters_each_is_completed_exactly_once(@TempDir Path directory) {
        ExecutorService threads = Executors.newFixedThreadPool(SUBMITTERS + NODES);
        try (BrokerUnderTest broker = BrokerUnderTest.start(directory)) {
            Set<String> submitted = ConcurrentHashMap.newKeySet();
            Map<String, AtomicInteger> runs = new ConcurrentHashMap<>();
            ConcurrentLinkedQueue<Integer> refused = new ConcurrentLinkedQueue<>();
            List<CompletableFuture<Void>> work = new ArrayList<>();
            for (int node = 0; node < NODES; node++) {
                ScriptedNode scripted = ScriptedNode.register(broker, "node " + node);
                work.add(CompletableFuture.runAsync(() -> serve(scripted, runs, refused), threads));
            }
            for (int submitter = 0; submitter < SUBMITTERS; submitter++) {
                work.add(CompletableFuture.runAsync(
                        () -> {
                            for (int job = 0; job < JOBS / SUBMITTERS; job++) {
                                submitted.add(broker.submit("print(" + job + ")"));
                            }
                        },
                        threads));
            }
            CompletableFuture.allOf(work.toArray(CompletableFuture[]::new))
                    .orTimeout(PATIENCE_SECONDS, TimeUnit.SECONDS)
                    .join();

            assertThat(refused).isEmpty();
            assertThat(submitted).hasSize(JOBS);
            assertThat(runs.keySet()).isEqualTo(submitted);
            assertThat(runs.values()).allSatisfy(count -> assertThat(count).hasValue(1));
            assertThat(submitted).allSatisfy(id -> assertThat(broker.state(id)).isEqualTo("completed"));
            assertThat(broker.get("/health").body().path("jobs").asInt()).isZero();
        } finally {
            threads.shutdownNow();
        }
    }

    private static void serve(
            ScriptedNode node, Map<String, AtomicInteger> runs, ConcurrentLinkedQueue<Integer> refused) {
        while (runs.size() < JOBS) {
            for (Job job : node.claim(4, 0.5)) {
                runs.computeIfAbsent(job.id(), id -> new AtomicInteger()).incrementAndGet();
                int status = answer(node.reportLater(job, "ok", "done", 0)).status();
                if (status != 200) {
                    refused.add(status);
                }
            }
        }
    }
}
