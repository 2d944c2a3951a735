package io.sandrun.protocol.identity;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.sandrun.protocol.Json;
import io.sandrun.protocol.NodeMessages.AttemptReport;
import io.sandrun.protocol.NodeMessages.Complete;
import io.sandrun.protocol.OutputReport;
import java.util.Base64;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * A node's full account of one attempt, which it signs: what it was given, how it ran, and what came of it.
 *
 * <p>Not the account itself is signed but its <em>seal</em>: the digest of each field, {@code outputs} file by file. So
 * whoever checks a receipt can tell which field was changed, and not only that one was. See {@link ReceiptCheck}.
 *
 * <p>On the wire the seal, the signature's algorithm and the signature stand beside the fields, in one JSON object. The
 * form stands in docs/protocol.md. Immutable, as long as nobody changes {@link #fields()}.
 */
public final class Receipt {
    /** What {@code version} says. Another set of fields is another version. */
    public static final String VERSION = "sandrun-receipt-1";

    static final String VERSION_FIELD = "version";
    static final String WORKER_ID = "worker_id";
    static final String OUTPUTS = "outputs";
    static final String OUTPUT_HASH = "output_hash";
    static final String SEAL = "seal";
    static final String SIGNATURE_ALGORITHM = "signature_algorithm";
    static final String SIGNATURE = "signature";

    /** The fields of this version, all of which must be there. */
    static final Set<String> FIELDS = new TreeSet<>(List.of(
            VERSION_FIELD,
            "job_id",
            WORKER_ID,
            "attempt",
            "interpreter",
            "interpreter_version",
            "environment",
            "code_sha256",
            "entrypoint",
            "inputs",
            "requirements",
            "args_sha256",
            "env_sha256",
            "stdin_sha256",
            "limits",
            "node_clock",
            "outcome",
            "exit_code",
            "signal",
            "usage",
            "stdout",
            "stdout_sha256",
            "stderr",
            "stderr_sha256",
            OUTPUTS,
            "outputs_left_out",
            OUTPUT_HASH));

    private final ObjectNode fields;

    private Receipt(ObjectNode fields) {
        this.fields = fields;
    }

    /**
     * The receipt for a report.
     *
     * @param workerId of the node that reports
     * @param report must say how the attempt went
     * @param result that of this report
     * @throws IllegalArgumentException if its {@code output_base64} or {@code error_base64} is not base64
     */
    public static Receipt of(String workerId, AttemptAccount account, Complete report, SignedResult result) {
        AttemptReport attempt = Objects.requireNonNull(report.attempt());
        ObjectNode fields = Json.MAPPER.createObjectNode();
        fields.put(VERSION_FIELD, VERSION).put("job_id", report.jobId()).put(WORKER_ID, workerId);
        fields.setAll((ObjectNode) Json.MAPPER.valueToTree(account.task()));
        fields.setAll((ObjectNode) Json.MAPPER.valueToTree(account.course()));
        fields.put("environment", attempt.environment());
        fields.put("outcome", attempt.code().wire()).put("exit_code", report.exitCode());
        fields.put("signal", attempt.signal());
        fields.set("usage", Json.MAPPER.valueToTree(attempt.usage()));
        fields.set("stdout", stream(report.output(), attempt.outputBase64(), attempt.outputBytes()));
        fields.set("stderr", stream(report.error(), attempt.errorBase64(), attempt.errorBytes()));
        fields.set(OUTPUTS, outputs(attempt.outputs().files()));
        fields.put("outputs_left_out", attempt.outputs().leftOutCount());
        fields.put(OUTPUT_HASH, result.outputHash());
        return new Receipt(fields);
    }

    private static ObjectNode stream(String text, @Nullable String base64, long printedBytes) {
        byte[] kept = SignedResult.kept(text, base64);
        return Json.MAPPER
                .createObjectNode()
                .put("printed_bytes", Math.max(printedBytes, kept.length))
                .put("kept_bytes", kept.length)
                .put("kept_sha256", Digest.of(kept));
    }

    private static ArrayNode outputs(List<OutputReport.File> files) {
        ArrayNode listing = Json.MAPPER.createArrayNode();
        SignedResult.inOrder(files).forEach(file -> listing.add(Json.MAPPER.<JsonNode>valueToTree(file)));
        return listing;
    }

    /** The account by its names on the wire, without seal and signature. */
    public ObjectNode fields() {
        return fields;
    }

    /** The signature, base64. */
    public String sign(NodeKey key) {
        return Base64.getEncoder().encodeToString(key.sign(CanonicalJson.bytes(Seal.of(fields))));
    }

    /** Whether the owner of a key has signed this. */
    public boolean isSignedBy(WorkerKey key, String signature) {
        return key.hasSigned(CanonicalJson.bytes(Seal.of(fields)), signature);
    }

    /** The whole of it, as it is given to whoever asks. */
    public ObjectNode sealed(String signature) {
        ObjectNode whole = fields.deepCopy();
        whole.set(SEAL, Seal.of(fields));
        return whole.put(SIGNATURE_ALGORITHM, SignedResult.ALGORITHM).put(SIGNATURE, signature);
    }

    /** The text in which it is kept: without the seal, which follows from the fields and is longer than they are. */
    public String kept(String signature) {
        ObjectNode signed = Json.MAPPER.createObjectNode();
        signed.setAll(fields);
        return Json.write(signed.put(SIGNATURE, signature));
    }

    /** The whole of one that was {@link #kept}. */
    public static ObjectNode sealedAgain(String kept) {
        ObjectNode fields = Json.read(kept, ObjectNode.class);
        String signature = fields.remove(SIGNATURE).textValue();
        return new Receipt(fields).sealed(signature);
    }
}
