package io.sandrun.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.sandrun.protocol.BrokerClient;
import io.sandrun.protocol.JobResult;
import io.sandrun.protocol.Json;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
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
        startNode();
    }

    private void startNode() throws Exception {
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

    @Test
    void a_node_that_is_killed_before_its_report_leaves_no_sandbox_that_was_made_for_the_next_job() throws Exception {
        String first = submit("echo");
        String second = submit("sleep 60; echo woken");
        String third = submit("echo");
        await(first);
        awaitRunning(second);
        List<ProcessHandle> before = below(node).toList();
        proxy.holdEverything();
        wake();
        await("next", () -> processes() == RESIDENT + PID_1 && below(node).anyMatch(next -> !before.contains(next)));
        List<ProcessHandle> left = below(node).toList();
        long killed = node.pid();
        node.kill();
        node.awaitEnd();
        for (ProcessHandle process : left) {
            process.onExit().get(10, TimeUnit.SECONDS);
        }
        proxy.release();
        startNode();
        assertThat(groupsOf(killed)).isEmpty();
        wake();
        JobResult again = client.result(second, PATIENCE_SECONDS).orElseThrow();
        assertThat(again.output()).isEqualTo("woken\n");
        assertThat(again.attempts()).isEqualTo(2);
        await(third);
    }

    /** Ends the sleep of the job that runs, as soon as there is one. */
    private void wake() {
        await(
                "who sleeps",
                () -> below(node).filter(BusySlotTest::isSleeping).anyMatch(ProcessHandle::destroyForcibly));
    }

    private static boolean isSleeping(ProcessHandle process) {
        try {
            return Files.readString(Path.of("/proc/" + process.pid() + "/cmdline"))
                    .startsWith("sleep\0");
        } catch (IOException gone) {
            return false;
        }
    }

    private static List<String> groupsOf(long pid) throws IOException {
        Process find = new ProcessBuilder("find", "/sys/fs/cgroup", "-type", "d", "-name", "sandrun-" + pid + "-*")
                .redirectError(ProcessBuilder.Redirect.DISCARD) // others' groups go meanwhile
                .start();
        try (var found = find.inputReader()) {
            return found.lines().toList();
        }
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

    private void awaitRunning(String jobId) {
        await(jobId, () -> state(jobId).equals("running"));
    }

    private String state(String jobId) {
        try {
            return client.status(jobId, 0).path("state").asText();
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    private static void await(String what, BooleanSupplier condition) {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos((long) PATIENCE_SECONDS);
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).as(what).isLessThan(deadline);
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(5));
        }
    }

    private long processes() {
        return below(node).count();
    }

    private static Stream<ProcessHandle> below(SandrunProcess process) {
        return ProcessHandle.of(process.pid()).orElseThrow().descendants();
    }

    /** A process is there a moment after it was asked for. */
    private void awaitProcesses(long expected) {
        await(expected + " processes", () -> processes() == expected);
    }
}
