package io.sandrun.broker;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.sandrun.broker.BrokerUnderTest.Reply;
import io.sandrun.broker.ScriptedNode.Job;
import io.sandrun.protocol.Json;
import io.sandrun.protocol.NodeMessages.Complete;
import io.sandrun.protocol.identity.Digest;
import io.sandrun.protocol.identity.Finding;
import io.sandrun.protocol.identity.NodeKey;
import io.sandrun.protocol.identity.ReceiptCheck;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Receipts as the broker takes, keeps and gives them. */
class ReceiptsTest {
    private static final String OUTPUT = AccountedReport.OUTPUT;

    @TempDir
    Path directory;

    @AutoClose
    private BrokerUnderTest broker;

    private ScriptedNode node;

    @BeforeEach
    void start() {
        broker = BrokerUnderTest.start(directory);
        node = ScriptedNode.register(broker, "one");
    }

    private Reply report(Job job) throws Exception {
        return node.post("/complete", signed(AccountedReport.of(job)));
    }

    private Complete signed(Complete unsigned) {
        return unsigned.by(node.id()).signed(ScriptedNode.keyOf("one"));
    }

    private static void refused(Reply reply, int status, String code) {
        assertThat(reply.status()).as(reply.toString()).isEqualTo(status);
        assertThat(reply.text("code")).isEqualTo(code);
    }

    @Test
    void a_receipt_is_kept_with_the_result_and_given_out_whole() throws Exception {
        String jobId = broker.submit(Map.of(
                "code", "print('caf\u00e9')", "args", List.of("a"), "env", Map.of("TOKEN", "secret"), "timeout", 7.5));
        refused(broker.get("/receipts/" + jobId), 202, "not_finished");
        assertThat(report(node.claimOne()).status()).isEqualTo(200);
        Reply reply = broker.get("/receipts/" + jobId);
        assertThat(reply.status()).isEqualTo(200);
        assertThat(ReceiptCheck.of(reply.body())).allMatch(Finding::holds);
        JsonNode receipt = reply.body();
        assertThat(receipt.path("worker_id").asText()).isEqualTo(ScriptedNode.key("one"));
        assertThat(receipt.path("code_sha256").asText()).isEqualTo(Digest.ofText("print('caf\u00e9')"));
        assertThat(receipt.path("limits").path("timeout").asDouble()).isEqualTo(7.5);
        assertThat(receipt.path("stdout").path("kept_bytes").asInt()).isEqualTo(OUTPUT.length() + 1);
        assertThat(receipt.toString()).doesNotContain("secret").doesNotContain("TOKEN");
        JsonNode vouched = broker.get("/status/" + jobId).body().path("worker_metadata");
        assertThat(vouched.path("signed_data").path("output_hash")).isEqualTo(receipt.path("output_hash"));
    }

    @Test
    void a_receipt_that_says_something_else_is_refused_and_what_differs_is_named() throws Exception {
        broker.submit(Map.of("code", "print(1)", "stdin", "input"));
        Job job = node.claimOne();
        Complete honest = AccountedReport.of(job);
        Map<String, Consumer<ObjectNode>> lies = new LinkedHashMap<>();
        lies.put("code_sha256", task -> task.put("code_sha256", Digest.ofText("print(2)")));
        lies.put("entrypoint", task -> task.put("entrypoint", "main.py"));
        lies.put("interpreter", task -> task.put("interpreter", "bash"));
        lies.put("attempt", task -> task.put("attempt", 2));
        lies.put("stdin_sha256", task -> task.put("stdin_sha256", Digest.OF_NOTHING));
        lies.put("env_sha256", task -> task.put("env_sha256", Digest.OF_NOTHING));
        lies.put("limits", task -> ((ObjectNode) task.path("limits")).put("memory_mb", 4096));
        lies.put(
                "inputs",
                task -> task.putArray("inputs")
                        .addObject()
                        .put("sha256", Digest.OF_NOTHING)
                        .put("size_bytes", 0)
                        .put("form", "file")
                        .put("path", "x"));
        for (Map.Entry<String, Consumer<ObjectNode>> lie : lies.entrySet()) {
            ObjectNode report = Json.MAPPER.valueToTree(honest);
            lie.getValue().accept((ObjectNode) report.path("receipt").path("task"));
            Reply reply = node.post("/complete", signed(Json.MAPPER.treeToValue(report, Complete.class)));
            refused(reply, 400, "result_signature_invalid");
            assertThat(reply.body().path("details").path("differs")).hasSize(1);
            assertThat(reply.body().path("details").path("differs").get(0).asText())
                    .isEqualTo(lie.getKey());
        }
        assertThat(report(job).status()).isEqualTo(200);
    }

    @Test
    void a_receipt_that_does_not_fit_its_report_or_its_signature_is_refused() throws Exception {
        broker.submit("x");
        Job job = node.claimOne();
        ObjectNode report = Json.MAPPER.valueToTree(signed(AccountedReport.of(job)));
        JsonNode receipt = report.path("receipt");

        ObjectNode otherEnvironment = report.deepCopy();
        ((ObjectNode) otherEnvironment.path("attempt")).put("environment", "ml-basic@0011");
        resigned(otherEnvironment, "environment");
        ObjectNode otherOutput = report.deepCopy();
        ((ObjectNode) otherOutput.path("receipt").path("course")).put("stdout_sha256", Digest.OF_NOTHING);
        resigned(otherOutput, "stdout_sha256");
        ObjectNode otherVersion = report.deepCopy();
        ((ObjectNode) otherVersion.path("receipt").path("course")).put("interpreter_version", "3.12");
        differs(node.post("/complete", otherVersion), "signature");
        ObjectNode otherSignal = report.deepCopy();
        ((ObjectNode) otherSignal.path("attempt")).put("signal", 9);
        differs(node.post("/complete", otherSignal), "signature");
        ObjectNode otherKey = report.deepCopy();
        Complete byThief = AccountedReport.of(job).signed(NodeKey.generate());
        otherKey.set("receipt", Json.MAPPER.valueToTree(byThief.receipt()));
        differs(node.post("/complete", otherKey), "signature");

        ObjectNode broken = report.deepCopy();
        ((ObjectNode) broken.path("receipt").path("task")).remove("limits");
        refused(node.post("/complete", broken), 400, "missing_field");
        ((ObjectNode) receipt).put("task", 1);
        refused(node.post("/complete", report), 400, "invalid_field");
        assertThat(broker.get("/status/" + job.id()).text("state")).isEqualTo("assigned");
    }

    private void resigned(ObjectNode report, String named) throws Exception {
        differs(node.post("/complete", signed(Json.MAPPER.treeToValue(report, Complete.class))), named);
    }

    private static void differs(Reply reply, String named) {
        refused(reply, 400, "result_signature_invalid");
        assertThat(reply.body().path("details").path("differs").toString()).isEqualTo("[\"" + named + "\"]");
    }

    @Test
    void who_has_no_receipt_is_told_why() throws Exception {
        refused(broker.get("/receipts/unknown"), 404, "unknown_job");
        String withoutReceipt = broker.submit("x");
        node.complete(node.claimOne(), "done");
        refused(broker.get("/receipts/" + withoutReceipt), 404, "no_receipt");
        String cancelled = broker.submit("y");
        broker.post("/cancel/" + cancelled, Map.of());
        Reply never = broker.get("/receipts/" + cancelled);
        refused(never, 404, "no_receipt");
        assertThat(never.text("error")).contains("no node ever had it");
    }

    @Test
    void a_job_that_was_given_an_earlier_result_points_to_the_one_that_ran() throws Exception {
        Map<String, Object> job = Map.of("code", "print(1)", "cache", true);
        String first = broker.submit(job);
        report(node.claimOne());
        String second = broker.submit(job);
        Reply reply = broker.get("/receipts/" + second);
        refused(reply, 404, "no_receipt");
        assertThat(reply.body().path("details").path("cached_from").asText()).isEqualTo(first);
        assertThat(broker.get("/receipts/" + first).status()).isEqualTo(200);
    }

    @Test
    void a_batch_takes_receipts_too() throws Exception {
        String jobId = broker.submit("x");
        Complete report = signed(AccountedReport.of(node.claimOne()));
        Reply reply = node.post("/complete/batch", Map.of("node_id", node.id(), "reports", List.of(report)));
        assertThat(reply.body().path("reports").path(0).path("status").asText()).isEqualTo("recorded");
        assertThat(ReceiptCheck.of(broker.get("/receipts/" + jobId).body())).allMatch(Finding::holds);
    }

    @Test
    void a_receipt_under_a_lease_that_was_given_back_changes_nothing() throws Exception {
        String jobId = broker.submit("x");
        Job lost = node.claimOne();
        node.release(false, lost);
        Job held = node.claimOne();
        ObjectNode lie = Json.MAPPER.valueToTree(AccountedReport.of(lost));
        ((ObjectNode) lie.path("receipt").path("task")).put("stdin_sha256", Digest.ofText("other"));
        refused(node.post("/complete", signed(Json.MAPPER.treeToValue(lie, Complete.class))), 409, "stale_lease");
        refused(report(lost), 409, "stale_lease");
        assertThat(broker.state(jobId)).isEqualTo("assigned");
        refused(broker.get("/receipts/" + jobId), 202, "not_finished");
        assertThat(report(held).status()).isEqualTo(200);
        JsonNode receipt = broker.get("/receipts/" + jobId).body();
        assertThat(ReceiptCheck.of(receipt)).allMatch(Finding::holds);
        assertThat(receipt.path("attempt").asInt()).isEqualTo(held.attempt());
    }

    @Test
    void a_receipt_is_compared_with_what_a_broker_handed_out_before_its_restart() throws Exception {
        String jobId = broker.submit(Map.of("code", "print(1)", "stdin", "input"));
        Job job = node.claimOne();
        broker.close();
        broker = BrokerUnderTest.start(directory);
        node = ScriptedNode.register(broker, "one", Map.of(), List.of(job.leaseId()));
        ObjectNode lie = Json.MAPPER.valueToTree(AccountedReport.of(job));
        ((ObjectNode) lie.path("receipt").path("task")).put("stdin_sha256", Digest.ofText("other"));
        resigned(lie, "stdin_sha256");
        assertThat(report(job).status()).isEqualTo(200);
        assertThat(ReceiptCheck.of(broker.get("/receipts/" + jobId).body())).allMatch(Finding::holds);
    }
}
