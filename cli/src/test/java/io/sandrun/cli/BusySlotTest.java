package io.sandrun.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.sandrun.protocol.BrokerClient;
import io.sandrun.protocol.Json;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a slot does with the time in which its report is on its way: a node whose report is not answered shows it. */
class BusySlotTest {
    private static final double PATIENCE_SECONDS = 60;
    private static final String REPORT = "POST /complete";

    /** What a slot has when it has run something. */
    private static final long RESIDENT = 1;

    /** Of a sandbox that waits for its job. */
    private static final long PID_1 = 1;

    @TempDir
    Path directory;

    private SandrunProcess broker;
    private SandrunProcess node;
    private HoldingProxy proxy;
    private BrokerClient client;

    @BeforeEach
    void start() throws Exception {
        broker = SandrunProcess.start(Map.of(), "broker", "--port=0", "--data=" + directory.resolve("broker"));
        String url = broker.awaitError("listening at (http://\\S+)");
        client = new BrokerClient(URI.create(url));
        proxy = new HoldingProxy(url);
        node = SandrunProcess.start(
                Map.of(),
                "node",
                "--broker=" + proxy.url(),
                "--slots=1",
                "--environments=none",
                "--drain-seconds=0",
                "--data=" + directory.resolve("node"));
        node.awaitError("ready");
    }

    @AfterEach
    void stop() throws Exception {
        proxy.close();
        node.close();
        broker.close();
    }

    @Test
    void a_slot_that_goes_from_job_to_job_has_the_next_sandbox_made_while_it_reports() throws Exception {
        String first = submit("echo");
        String second = submit("sleep 60");
        String third = submit("echo");
        await(first);
        awaitRunning(second);
        proxy.holdNext(REPORT);
        client.cancel(second);
        proxy.awaitHeld();
        awaitProcesses(RESIDENT + PID_1);
        proxy.release();
        await(second);
        await(third);
    }

    @Test
    void a_slot_without_more_to_do_first_brings_its_report() throws Exception {
        String only = submit("sleep 60");
        awaitRunning(only);
        proxy.holdNext(REPORT);
        client.cancel(only);
        proxy.awaitHeld();
        assertThat(processes()).isLessThanOrEqualTo(RESIDENT);
        proxy.release();
        await(only);
        awaitProcesses(RESIDENT + PID_1);
    }

    private String submit(String program) throws IOException {
        JsonNode ticket = client.submit(Json.MAPPER
                .createObjectNode()
                .put("code", program)
                .put("interpreter", "sh")
                .put("timeout", PATIENCE_SECONDS));
        return ticket.path("job_id").asText();
    }

    private void await(String jobId) throws IOException {
        assertThat(client.result(jobId, PATIENCE_SECONDS)).as(jobId).isPresent();
    }

    private void awaitRunning(String jobId) throws IOException {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos((long) PATIENCE_SECONDS);
        while (!client.status(jobId, 0).path("state").asText().equals("running")) {
            assertThat(System.nanoTime()).as(jobId).isLessThan(deadline);
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(5));
        }
    }

    private long processes() {
        return ProcessHandle.of(node.pid()).orElseThrow().descendants().count();
    }

    /** A process is there a moment after it was asked for. */
    private void awaitProcesses(long expected) {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
        for (long count = processes(); count != expected; count = processes()) {
            assertThat(System.nanoTime()).as("there are %d", count).isLessThan(deadline);
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(5));
        }
    }
}
