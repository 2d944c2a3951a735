package io.sandrun.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.sandrun.protocol.Json;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * The tutorial's fifth, seventh and eighth part, as its readers type them, against one address: a trusted pool of three
 * nodes on one machine. Scripts and data are our own; where readers wait for some seconds, the test waits for the jobs.
 */
@Timeout(300)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class TutorialPoolTest {
    private static final int NODES = 3;
    private static final int PLACES = 4;
    private static final long PATIENCE_SECONDS = 60;

    @TempDir
    static Path directory;

    @TempDir
    Path folder;

    private static PoolOfProcesses pool;

    @BeforeAll
    static void start() throws Exception {
        Shell.assumeHas("bash", "curl", "jq", "tar");
        pool = PoolOfProcesses.start(directory, NODES, PLACES);
    }

    @AfterAll
    static void stop() {
        if (pool != null) {
            pool.close();
        }
    }

    @BeforeEach
    void copyFiles() throws Exception {
        TutorialFiles.copyTo(folder);
    }

    private Shell shell() throws Exception {
        Shell shell = new Shell(folder, pool.url());
        shell.type("export POOL_URL=" + pool.url());
        return shell;
    }

    private static JsonNode json(String text) throws Exception {
        return Json.MAPPER.readTree(text);
    }

    @Test
    @Order(1)
    void part_5_the_pool_knows_its_workers_before_it_has_any_job() throws Exception {
        try (Shell shell = shell()) {
            JsonNode told = json(shell.type("curl $POOL_URL/pool"));
            assertThat(told.path("total_workers").asInt()).isEqualTo(NODES);
            assertThat(told.path("healthy_workers").asInt()).isEqualTo(NODES);
            assertThat(told.path("total_jobs").asInt(-1)).isZero();
            assertThat(told.path("queued_jobs").asInt(-1)).isZero();
            assertThat(told.path("workers"))
                    .extracting(worker -> worker.path("worker_id").asText())
                    .containsExactlyElementsOf(pool.workerIds());
            for (JsonNode worker : told.path("workers")) {
                assertThat(worker.path("is_healthy").asBoolean()).isTrue();
                assertThat(worker.path("active_jobs").asInt(-1)).isZero();
                assertThat(worker.path("max_concurrent_jobs").asInt()).isEqualTo(PLACES);
                assertThat(worker.path("endpoint").asText()).isEqualTo("http://localhost:8443");
            }
            for (int number = 0; number < NODES; number++) {
                String asked = "curl -s http://localhost:%s/health | jq -r '.worker_id'"
                        .formatted(pool.healthPorts().get(number));
                assertThat(shell.type(asked)).isEqualTo(pool.workerIds().get(number) + "\n");
            }
            assertThat(shell.type("curl -s -o /dev/null -w '%{http_code}' $POOL_URL/status/"))
                    .isEqualTo("404");
        }
    }

    @Test
    @Order(2)
    void part_5_nine_jobs_go_to_three_workers_by_three() throws Exception {
        try (Shell shell = shell()) {
            shell.type("tar czf watch.tar.gz -C pool-watch .");
            // What is the body of their loop.
            for (int job = 1; job <= 9; job++) {
                awaitClaims();
                shell.type("""
                        RESPONSE=$(curl -s -X POST $POOL_URL/submit \\
                          -F "files=@watch.tar.gz" \\
                          -F "manifest=$(cat pool-watch/job.json)")
                        echo $RESPONSE | jq -r '.job_id' >> pool_jobs.txt
                        """);
            }
            List<String> jobs = shell.typeLines("cat pool_jobs.txt");
            assertThat(jobs).hasSize(9).allMatch(id -> id.matches("pool-[0-9a-z-]+"));
            awaitActive(9);
            List<String> loads =
                    shell.typeLines("curl -s $POOL_URL/pool | jq -c '.workers[] | [.worker_id[0:16], .active_jobs]'");
            assertThat(loads)
                    .containsExactlyElementsOf(pool.workerIds().stream()
                            .map(id -> "[\"" + id.substring(0, 16) + "\",3]")
                            .toList());
            for (String job : jobs) {
                shell.type("curl -s -X POST $POOL_URL/cancel/" + job);
            }
            for (String job : jobs) {
                JsonNode ended = json(shell.type("curl -s \"$POOL_URL/status/" + job + "?wait=60\""));
                assertThat(ended.path("pool_status").asText()).isEqualTo("failed");
                assertThat(ended.path("state").asText()).isEqualTo("cancelled");
            }
        }
    }

    /**
     * A job goes to the least loaded worker that claims, and waits a moment for one whose claim is on its way; on a
     * busy machine that may take longer than this moment.
     */
    private static void awaitClaims() throws Exception {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
        int claiming = 0;
        while (claiming < NODES) {
            JsonNode nodes = pool.client().nodes().path("nodes");
            assertThat(System.nanoTime()).as(nodes.toString()).isLessThan(deadline);
            claiming = 0;
            for (JsonNode node : nodes) {
                claiming += node.path("waiting_claims").asInt() > 0 ? 1 : 0;
            }
        }
    }

    private static void awaitActive(int jobs) throws Exception {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
        int active = 0;
        while (active < jobs) {
            JsonNode told = pool.pool();
            assertThat(System.nanoTime()).as(told.toString()).isLessThan(deadline);
            active = 0;
            for (JsonNode worker : told.path("workers")) {
                active += worker.path("active_jobs").asInt();
            }
        }
    }

    @Test
    @Order(3)
    void part_8_a_pipeline_is_sent_collected_and_verified() throws Exception {
        Python.assumeHasCryptography();
        try (Shell shell = shell()) {
            shell.type("./send.sh | grep \"pool-\" > pipeline_jobs.txt");
            List<String> jobs = shell.typeLines("cat pipeline_jobs.txt");
            assertThat(jobs).hasSize(5);
            JsonNode loads = json(shell.type("cat loads.json"));
            assertThat(loads.path("total_workers").asInt()).isEqualTo(NODES);
            assertThat(loads.path("loads")).hasSize(NODES);
            assertThat(loads.path("loads").path(0).path("max").asInt()).isEqualTo(PLACES);
            for (String job : jobs) {
                shell.type("curl -s \"$POOL_URL/status/" + job + "?wait=100\"");
            }
            List<String> collected = shell.typeLines("./collect.sh pipeline_jobs.txt");
            List<String> expected = new ArrayList<>();
            for (String job : jobs) {
                String worker = json(shell.type("curl -s $POOL_URL/status/" + job))
                        .path("worker_id")
                        .asText();
                assertThat(pool.workerIds()).contains(worker);
                expected.add("{\"read\":2,\"spoilt\":1,\"takings\":500}");
                expected.add("worker " + worker.substring(0, 16) + " job " + job);
                verify(shell, job, worker);
            }
            assertThat(collected).isEqualTo(expected);
            JsonNode fetched = json(Files.readString(folder.resolve("results/" + jobs.get(0) + ".json")));
            assertThat(fetched.path("harbours").path("east").path("takings").asDouble())
                    .isEqualTo(300);
            assertThat(shell.type("curl -s $POOL_URL/logs/" + jobs.get(0))).contains("takings below nothing");
        }
    }

    /** Part 7: the job's id on its worker is as good as the pool's, and the worker's key is in the pool's answer. */
    private void verify(Shell shell, String job, String worker) throws Exception {
        shell.type("POOL_JOB_ID=" + job);
        JsonNode told = json(shell.type("curl -s $POOL_URL/status/$POOL_JOB_ID | jq '{pool_job_id: .job_id,"
                + " worker_id: .worker_id, remote_job_id: .worker_status.job_id}'"));
        assertThat(told.path("pool_job_id").asText()).isEqualTo(job);
        shell.type("REMOTE_JOB_ID=" + told.path("remote_job_id").asText());
        shell.type("WORKER_ID=$(curl -s $POOL_URL/status/$POOL_JOB_ID | jq -r '.worker_id')");
        assertThat(json(shell.type("curl -s $POOL_URL/status/$REMOTE_JOB_ID | jq '.worker_metadata'"))
                        .path("worker_id")
                        .asText())
                .isEqualTo(worker);
        assertThat(shell.type(Python.command() + " check_result.py $POOL_URL $REMOTE_JOB_ID $WORKER_ID"))
                .isEqualTo("valid: job " + job + " exit 0\n");
        shell.type("LISTED=$(curl -s $POOL_URL/pool | jq -r '.workers[].worker_id' | grep -F \"$WORKER_ID\")");
        shell.type(Python.command() + " check_result.py $POOL_URL $REMOTE_JOB_ID $LISTED");
        String other = pool.workerIds().stream()
                .filter(id -> !id.equals(worker))
                .findFirst()
                .orElseThrow();
        assertThat(shell.type(
                        Python.command() + " check_result.py $POOL_URL $REMOTE_JOB_ID " + other + " 2>&1 || true"))
                .isEqualTo("another worker\n");
    }

    @Test
    @Order(4)
    void part_8_a_job_that_fails_is_told_as_failed_and_vouched_for_as_well() throws Exception {
        Python.assumeHasCryptography();
        try (Shell shell = shell()) {
            shell.type("rm pipeline/data/east.csv pipeline/data/west.csv");
            shell.type("./send.sh > jobs.txt");
            for (String job : shell.typeLines("cat jobs.txt")) {
                JsonNode ended = json(shell.type("curl -s \"$POOL_URL/status/" + job + "?wait=100\""));
                assertThat(ended.path("pool_status").asText()).isEqualTo("failed");
                assertThat(ended.path("worker_status").path("status").asText()).isEqualTo("failed");
                assertThat(ended.path("completed_at").isNumber()).isTrue();
                assertThat(ended.path("submitted_at").isNumber()).isTrue();
                String checked = "%s check_result.py $POOL_URL %s %s"
                        .formatted(
                                Python.command(), job, ended.path("worker_id").asText());
                assertThat(shell.type(checked)).isEqualTo("valid: job " + job + " exit 1\n");
            }
            assertThat(shell.typeLines("./collect.sh jobs.txt")).hasSize(5).containsOnly("status failed");
        }
    }
}
