package io.sandrun.protocol.identity;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;

/**
 * Checks the short form of a receipt, {@code worker_metadata}: a node's signature on five fields. It tells whether
 * something was changed, and not what.
 */
public final class ResultCheck {
    private static final String METADATA = "worker_metadata";
    private static final String SIGNED_DATA = "signed_data";
    private static final String SIGNATURE = "signature";
    private static final String JOB_ID = "job_id";

    private static final TreeSet<String> FIELDS =
            new TreeSet<>(List.of(JOB_ID, "exit_code", "cpu_seconds", "memory_peak_bytes", "output_hash"));

    private ResultCheck() {}

    /** The short form in a document, which is it or a whole status. */
    public static Optional<JsonNode> in(JsonNode document) {
        if (document.path(METADATA).isObject()) {
            return Optional.of(document.path(METADATA));
        }
        return document.has(SIGNED_DATA) ? Optional.of(document) : Optional.empty();
    }

    /** What was found in a document that has the short form; it is genuine if all of it holds. Never empty. */
    public static List<Finding> of(JsonNode document) {
        JsonNode metadata = in(document).orElseThrow();
        if (metadata.path(SIGNATURE).isNull()) {
            return List.of(Finding.bad(METADATA, "names nobody: no node with a key has signed this result"));
        }
        JsonNode signed = metadata.path(SIGNED_DATA);
        List<Finding> findings = new ArrayList<>();
        TreeSet<String> names = new TreeSet<>();
        signed.fieldNames().forEachRemaining(names::add);
        findings.add(Finding.of(
                SIGNED_DATA,
                names.equals(FIELDS),
                "has its five fields",
                "must have the fields " + FIELDS + " and no other"));
        if (document.has(JOB_ID)) {
            findings.add(Finding.of(
                    JOB_ID,
                    isOf(document, signed.path(JOB_ID)),
                    "is the one that was signed",
                    "is another than the one that was signed"));
        }
        findings.add(Finding.of(
                "signature_algorithm",
                SignedResult.ALGORITHM.equals(
                        metadata.path("signature_algorithm").textValue()),
                "is " + SignedResult.ALGORITHM,
                "is not " + SignedResult.ALGORITHM));
        findings.add(signature(metadata, signed));
        return findings;
    }

    /** Whether it is of this job, or of one of the copies by which the job was verified. */
    private static boolean isOf(JsonNode status, JsonNode jobId) {
        boolean isSame = status.path(JOB_ID).equals(jobId);
        for (JsonNode copy : status.path("verification").path("copies")) {
            isSame |= copy.path(JOB_ID).equals(jobId);
        }
        return isSame;
    }

    private static Finding signature(JsonNode metadata, JsonNode signed) {
        String workerId = metadata.path("worker_id").asText();
        Optional<WorkerKey> key = WorkerKey.of(workerId);
        if (key.isEmpty()) {
            return Finding.bad("worker_id", "is not a public key, so that nobody can have signed");
        }
        return Finding.of(
                SIGNATURE,
                key.get().hasSigned(signed, metadata.path(SIGNATURE)),
                "is that of worker " + workerId,
                "is not that of worker " + workerId + " on this signed_data");
    }
}
