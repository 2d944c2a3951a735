package io.sandrun.node;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.sandrun.node.ReportLoop.Then;
import io.sandrun.node.artifact.ArtifactBroker;
import io.sandrun.node.artifact.ArtifactBroker.Trouble;
import io.sandrun.node.artifact.OutputStore;
import io.sandrun.node.artifact.OutputUploads;
import io.sandrun.protocol.ArtifactClient;
import io.sandrun.protocol.BrokerAddress;
import io.sandrun.protocol.BrokerClient;
import io.sandrun.protocol.Capabilities;
import io.sandrun.protocol.ErrorBody;
import io.sandrun.protocol.JobFiles;
import io.sandrun.protocol.JobLimits;
import io.sandrun.protocol.NodeMessages.AttemptReport;
import io.sandrun.protocol.NodeMessages.ClaimedJob;
import io.sandrun.protocol.NodeMessages.Complete;
import io.sandrun.protocol.NodeMessages.CompleteAnswer;
import io.sandrun.protocol.NodeMessages.HeldLease;
import io.sandrun.protocol.NodeMessages.Usage;
import io.sandrun.protocol.Outcome;
import io.sandrun.protocol.OutputReport;
import io.sandrun.protocol.identity.NodeKey;
import io.sandrun.runtime.output.OutputFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReportLoopTest {
    private static final NodeKey KEY = NodeKey.generate();
    private static final byte[] OUTPUT = "result".getBytes(StandardCharsets.UTF_8);
    private static final ErrorBody DOWN = new ErrorBody("The disk is full.", "unavailable", Map.of());

    @TempDir
    private Path logDirectory;

    private LogLoop logs;

    @TempDir
    Path directory;

    @TempDir
    Path outputDirectory;

    private ScriptedBroker broker;
    private ArtifactBroker artifacts;
    private OutputStore outputs;
    private OutputUploads uploads;
    private HeldLeases leases;
    private BrokerSession session;
    private BrokerClient client;

    @BeforeEach
    void start() throws IOException {
        broker = new ScriptedBroker();
        leases = new HeldLeases();
        client = new BrokerClient(broker.url());
        artifacts = new ArtifactBroker();
        outputs = new OutputStore(outputDirectory, List.of());
        uploads = new OutputUploads(outputs, new ArtifactClient(BrokerAddress.of(artifacts.url()), null));
        session = new BrokerSession(client, "key", "test", capabilities(), leases);
        logs = new LogLoop(client, session, logDirectory);
    }

    @AfterEach
    void stop() {
        broker.close();
        artifacts.close();
    }

    @Test
    void a_report_that_is_taken_frees_its_lease_and_leaves_no_file() throws Exception {
        ReportLoop reports = new ReportLoop(client, session, leases, logs, uploads, new Outbox(directory), KEY);
        reports.report(report("lease-1"), Then.REST);

        assertThat(broker.await("/complete").path("node_id").asText()).isEqualTo("node-1");
        assertThat(leases.snapshot()).isEmpty();
        assertThat(directory).isEmptyDirectory();
    }

    @Test
    void a_report_claims_the_job_that_is_to_follow_and_is_given_it_with_the_answer() throws Exception {
        ReportLoop reports = new ReportLoop(client, session, leases, logs, uploads, new Outbox(directory), KEY);
        ClaimedJob next = claimed("lease-2");
        broker.answer("/complete", 200, CompleteAnswer.recorded(List.of(next)));
        assertThat(reports.report(report("lease-1"), Then.CLAIM)).contains(next);

        JsonNode sent = broker.await("/complete");
        assertThat(sent.path("claim").path("slots").asInt()).isEqualTo(1);
        assertThat(sent.path("lease_id").asText()).isEqualTo("lease-1");
        assertThat(leases.snapshot()).isEmpty();
    }

    @Test
    void a_broker_that_knows_of_no_claims_in_reports_brings_no_job() throws Exception {
        ReportLoop reports = new ReportLoop(client, session, leases, logs, uploads, new Outbox(directory), KEY);
        broker.answer("/complete", 200, Map.of("status", "recorded"));
        assertThat(reports.report(report("lease-1"), Then.CLAIM)).isEmpty();
        assertThat(leases.snapshot()).isEmpty();
    }

    @Test
    void a_report_that_is_kept_claims_nothing_when_it_is_brought_at_last() throws Exception {
        broker.answer("/complete", 503, DOWN);
        ReportLoop reports = new ReportLoop(client, session, leases, logs, uploads, new Outbox(directory), KEY);
        assertThat(reports.report(report("lease-1"), Then.CLAIM)).isEmpty();
        assertThat(broker.await("/complete").has("claim")).isTrue();
        broker.answer("/complete", 200, Map.of("status", "recorded"));
        Thread loop = new Thread(reports);
        loop.start();
        assertThat(broker.await("/complete").has("claim")).isFalse();
        awaitEmptyOutbox();
        loop.interrupt();
        loop.join();
    }

    private static ClaimedJob claimed(String leaseId) {
        JobLimits limits = new JobLimits(1, null, 64, 8, 8, 0);
        return new ClaimedJob(
                "pool-2", leaseId, 1, "1", "python3", List.of(), Map.of(), "", limits, null, JobFiles.NONE);
    }

    @Test
    void a_report_that_cannot_be_delivered_is_kept_on_disk_and_its_lease_is_still_held() throws Exception {
        broker.answer("/complete", 503, DOWN);
        ReportLoop reports = new ReportLoop(client, session, leases, logs, uploads, new Outbox(directory), KEY);
        reports.report(report("lease-1"), Then.REST);

        assertThat(leases.snapshot()).containsExactly(new HeldLease("lease-1", true));
        assertThat(new Outbox(directory).leases()).containsExactly("lease-1");
    }

    @Test
    void a_report_that_comes_when_the_node_has_closed_its_connections_is_kept_for_the_next_agent() throws Exception {
        ReportLoop reports = new ReportLoop(client, session, leases, logs, uploads, new Outbox(directory), KEY);
        reports.report(report("lease-1"), Then.REST);
        client.close();
        assertThat(reports.report(report("lease-2"), Then.CLAIM)).isEmpty();
        assertThat(new Outbox(directory).leases()).containsExactly("lease-2");
    }

    @Test
    void what_an_agent_left_in_its_outbox_is_delivered_by_the_next_one() throws Exception {
        new Outbox(directory).keep("lease-7", report("lease-7"));
        ReportLoop reports = new ReportLoop(client, session, leases, logs, uploads, new Outbox(directory), KEY);
        assertThat(leases.ids()).containsExactly("lease-7");

        assertThat(runUntilDelivered(reports, "lease-7")).containsExactly("lease-7");
    }

    @Test
    void a_kept_report_is_tried_again_until_the_broker_takes_it() throws Exception {
        broker.answer("/complete", 503, DOWN);
        ReportLoop reports = new ReportLoop(client, session, leases, logs, uploads, new Outbox(directory), KEY);
        reports.report(report("lease-1"), Then.REST);
        broker.await("/complete");
        Thread loop = new Thread(reports);
        loop.start();
        broker.await("/complete");
        broker.answer("/complete", 200, Map.of("status", "recorded"));
        awaitEmptyOutbox();
        loop.interrupt();
        loop.join();
        assertThat(leases.snapshot()).isEmpty();
    }

    @Test
    void outputs_are_brought_before_the_report_and_go_when_it_was_taken() throws Exception {
        Complete report = reportWithOutput("lease-1");
        new ReportLoop(client, session, leases, logs, uploads, new Outbox(directory), KEY).report(report, Then.REST);

        assertThat(artifacts.awaitCall()).startsWith("PUT ").endsWith(" lease-1");
        assertThat(broker.await("/complete").at("/attempt/outputs/files/0/path").asText())
                .isEqualTo("result");
        assertThat(outputDirectory).isEmptyDirectory();
    }

    @Test
    void a_report_whose_outputs_cannot_be_brought_yet_is_kept_with_them_for_the_next_agent() throws Exception {
        artifacts.meet(Trouble.UNAVAILABLE);
        new ReportLoop(client, session, leases, logs, uploads, new Outbox(directory), KEY)
                .report(reportWithOutput("lease-1"), Then.REST);
        assertThat(outputDirectory.resolve("lease-1")).isNotEmptyDirectory();

        Outbox outbox = new Outbox(directory);
        OutputStore kept = new OutputStore(outputDirectory, outbox.leases());
        OutputUploads later = new OutputUploads(kept, new ArtifactClient(BrokerAddress.of(artifacts.url()), null));
        runUntilDelivered(new ReportLoop(client, session, leases, logs, later, outbox, KEY), "lease-1");
        assertThat(artifacts.stored(ArtifactBroker.digest(OUTPUT))).isEqualTo(OUTPUT);
        assertThat(outputDirectory).isEmptyDirectory();
    }

    @Test
    void a_kept_report_whose_lease_was_taken_away_is_given_up_with_its_outputs() throws Exception {
        artifacts.meet(Trouble.UNAVAILABLE);
        ReportLoop reports = new ReportLoop(client, session, leases, logs, uploads, new Outbox(directory), KEY);
        reports.report(reportWithOutput("lease-1"), Then.REST);
        leases.drop("lease-1");
        Thread loop = new Thread(reports);
        loop.start();
        awaitEmptyOutbox();
        loop.interrupt();
        loop.join();
        assertThat(artifacts.stored(ArtifactBroker.digest(OUTPUT))).isNull();
        assertThat(outputDirectory).isEmptyDirectory();
    }

    @Test
    void outputs_that_the_broker_refuses_make_the_attempt_a_failure_of_the_node() throws Exception {
        artifacts.meet(Trouble.FORBIDDEN);
        new ReportLoop(client, session, leases, logs, uploads, new Outbox(directory), KEY)
                .report(reportWithOutput("lease-1"), Then.REST);

        JsonNode sent = broker.await("/complete");
        assertThat(sent.at("/attempt/code").asText()).isEqualTo("sandbox_error");
        assertThat(sent.at("/attempt/reason").asText()).contains("refused an output");
        assertThat(sent.at("/attempt/outputs/files")).isEmpty();
        assertThat(outputDirectory).isEmptyDirectory();
    }

    @Test
    void a_broker_that_misses_an_output_gets_it_and_the_report_once_more() throws Exception {
        broker.answer("/complete", 400, new ErrorBody("It is not there.", "invalid_field", Map.of()));
        ReportLoop reports = new ReportLoop(client, session, leases, logs, uploads, new Outbox(directory), KEY);
        reports.report(reportWithOutput("lease-1"), Then.REST);
        broker.await("/complete");
        broker.answer("/complete", 200, Map.of("status", "recorded"));
        artifacts.awaitCall();
        Thread loop = new Thread(reports);
        loop.start();
        assertThat(artifacts.awaitCall()).endsWith(" lease-1");
        broker.await("/complete");
        awaitEmptyOutbox();
        loop.interrupt();
        loop.join();
    }

    @Test
    void a_report_that_the_broker_will_never_take_is_given_up_and_not_brought_for_ever() throws Exception {
        broker.answer("/complete", 400, new ErrorBody("No such path.", "invalid_field", Map.of()));
        ReportLoop reports = new ReportLoop(client, session, leases, logs, uploads, new Outbox(directory), KEY);
        reports.report(reportWithOutput("lease-1"), Then.REST);
        Thread loop = new Thread(reports);
        loop.start();
        awaitEmptyOutbox();
        loop.interrupt();
        loop.join();
        assertThat(leases.snapshot()).isEmpty();
        assertThat(outputDirectory).isEmptyDirectory();
    }

    @Test
    void a_report_under_a_lease_that_is_gone_is_dropped() throws Exception {
        broker.answer("/complete", 409, new ErrorBody("Not yours.", "stale_lease", Map.of()));
        ReportLoop reports = new ReportLoop(client, session, leases, logs, uploads, new Outbox(directory), KEY);
        reports.report(report("lease-1"), Then.REST);

        assertThat(leases.snapshot()).isEmpty();
        assertThat(directory).isEmptyDirectory();
    }

    @Test
    void a_file_that_is_no_report_is_moved_aside_and_the_others_are_delivered() throws Exception {
        Outbox outbox = new Outbox(directory);
        Files.writeString(directory.resolve("lease-0.json"), "{broken");
        outbox.keep("lease-1", report("lease-1"));
        ReportLoop reports = new ReportLoop(client, session, leases, logs, uploads, outbox, KEY);

        runUntilDelivered(reports, "lease-1");
        assertThat(directory.resolve("lease-0.broken")).exists();
        assertThat(leases.snapshot()).isEmpty();
    }

    /** Runs the loop until the broker was called with the lease's report; answers what the registration named. */
    private List<String> runUntilDelivered(ReportLoop reports, String leaseId) throws Exception {
        Thread loop = new Thread(reports);
        loop.start();
        List<String> named = new ArrayList<>();
        broker.await("/register").path("leases").forEach(lease -> named.add(lease.asText()));
        assertThat(broker.await("/complete").path("lease_id").asText()).isEqualTo(leaseId);
        awaitEmptyOutbox();
        loop.interrupt();
        loop.join();
        return named;
    }

    /** The file goes after the answer came, on the loop's thread: there is no signal but the directory itself. */
    private void awaitEmptyOutbox() throws IOException {
        long deadline = System.nanoTime() + 20_000_000_000L;
        while (!new Outbox(directory).leases().isEmpty()) {
            assertThat(System.nanoTime()).isLessThan(deadline);
            Thread.onSpinWait();
        }
    }

    private Complete reportWithOutput(String leaseId) throws IOException {
        String sha256 = ArtifactBroker.digest(OUTPUT);
        try (var draft = outputs.sink(leaseId).begin()) {
            draft.write(OUTPUT, OUTPUT.length);
            draft.keep(new OutputFile("result", OUTPUT.length, sha256, false));
        }
        var file = new OutputReport.File("result", OUTPUT.length, sha256, false);
        return report(leaseId, new OutputReport(List.of(file), List.of(), 0));
    }

    private static Complete report(String leaseId) {
        return report(leaseId, OutputReport.NOTHING);
    }

    private static Complete report(String leaseId, OutputReport files) {
        AttemptReport attempt = AttemptReport.of(Outcome.OK, "", 2, new Usage(0.01, 1 << 20, 20), files);
        return new Complete("", "pool-1", "42", "", 0, leaseId, attempt, null, null);
    }

    private static Capabilities capabilities() {
        return Capabilities.of(List.of("python3"), 1, 1024, 1);
    }
}
