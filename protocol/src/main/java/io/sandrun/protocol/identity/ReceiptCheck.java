package io.sandrun.protocol.identity;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.sandrun.protocol.OutputReport;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * Checks a receipt that may be anything, and names what is wrong with it. Needs nothing but the receipt.
 *
 * <p>Theory of operation: what is signed is the seal, the digests of the fields. If the signature fits the seal as it
 * stands, whatever field does not fit its digest was changed. If it fits the seal that follows from the fields, the
 * fields are genuine and the seal was changed. If it fits neither, it was itself changed, or something in both, or the
 * key that should have made it. For one use.
 */
public final class ReceiptCheck {
    private final JsonNode document;
    private final List<Finding> findings = new ArrayList<>();
    private final Set<String> misnamed = new TreeSet<>();

    private ReceiptCheck(JsonNode document) {
        this.document = document;
    }

    /** Whether it claims to be a receipt, of whatever version. */
    public static boolean isReceipt(JsonNode document) {
        return document.has(Receipt.VERSION_FIELD) || document.has(Receipt.SEAL);
    }

    /** What was found; the receipt is genuine if all of it holds. Never empty. */
    public static List<Finding> of(JsonNode document) {
        ReceiptCheck check = new ReceiptCheck(document);
        check.run();
        return check.findings;
    }

    /**
     * The output files that a receipt lists; empty if they are not a list of files, each path once and in their order.
     */
    public static Optional<List<OutputReport.File>> outputs(JsonNode receipt) {
        List<OutputReport.File> files = new ArrayList<>();
        String before = null;
        for (JsonNode entry : receipt.path(Receipt.OUTPUTS)) {
            String path = entry.path("path").textValue();
            String sha256 = entry.path("sha256").textValue();
            boolean isNext = path != null && (before == null || CanonicalJson.BY_CODE_POINT.compare(before, path) < 0);
            if (!isNext || sha256 == null || !entry.path("size_bytes").isIntegralNumber()) {
                return Optional.empty();
            }
            files.add(new OutputReport.File(
                    path,
                    entry.path("size_bytes").asLong(),
                    sha256,
                    entry.path("executable").asBoolean()));
            before = path;
        }
        return receipt.path(Receipt.OUTPUTS).isArray() ? Optional.of(files) : Optional.empty();
    }

    private void run() {
        if (!(document instanceof ObjectNode whole)) {
            findings.add(Finding.bad("receipt", "is not a JSON object"));
            return;
        }
        ObjectNode fields = whole.deepCopy();
        JsonNode seal = taken(fields, Receipt.SEAL);
        JsonNode algorithm = taken(fields, Receipt.SIGNATURE_ALGORITHM);
        JsonNode signature = taken(fields, Receipt.SIGNATURE);
        checkVersion(fields.path(Receipt.VERSION_FIELD));
        checkNames(fields);
        require(
                Receipt.SIGNATURE_ALGORITHM,
                SignedResult.ALGORITHM.equals(algorithm.textValue()),
                "is " + SignedResult.ALGORITHM,
                "is not " + SignedResult.ALGORITHM);
        checkSignature(fields, seal, signature);
        checkOutputs(fields);
    }

    private static JsonNode taken(ObjectNode fields, String name) {
        JsonNode value = fields.path(name);
        fields.remove(name);
        return value;
    }

    private void require(String what, boolean holds, String good, String bad) {
        findings.add(Finding.of(what, holds, good, bad));
    }

    private void checkVersion(JsonNode version) {
        require(
                Receipt.VERSION_FIELD,
                Receipt.VERSION.equals(version.textValue()),
                "is " + Receipt.VERSION,
                "is not " + Receipt.VERSION + ", which is all that this program knows");
    }

    private void checkNames(ObjectNode fields) {
        Set<String> present = new TreeSet<>();
        fields.fieldNames().forEachRemaining(present::add);
        for (String name : Receipt.FIELDS) {
            if (!present.remove(name)) {
                misnamed.add(name);
                findings.add(Finding.bad(name, "is missing"));
            }
        }
        for (String name : present) {
            misnamed.add(name);
            findings.add(Finding.bad(name, "is no field of a receipt"));
        }
    }

    private void checkSignature(ObjectNode fields, JsonNode seal, JsonNode signature) {
        ObjectNode expected = Seal.of(fields);
        List<String> differing = Seal.differences(expected, seal);
        String workerId = fields.path(Receipt.WORKER_ID).asText();
        Optional<WorkerKey> key = WorkerKey.of(workerId);
        boolean fitsSeal = fits(key, seal, signature);
        boolean fitsFields = differing.isEmpty() ? fitsSeal : fits(key, expected, signature);
        nameDifferences(differing, fitsSeal, fitsFields);
        if (key.isEmpty()) {
            findings.add(Finding.bad(Receipt.WORKER_ID, "is not a public key, so that nobody can have signed"));
        } else {
            require(
                    Receipt.SIGNATURE,
                    fitsSeal || fitsFields,
                    "is that of worker " + workerId,
                    "is not that of worker " + workerId + ": the signature, its key or what it covers was changed");
        }
    }

    private void nameDifferences(List<String> differing, boolean fitsSeal, boolean fitsFields) {
        if (differing.isEmpty()) {
            findings.add(Finding.good(Receipt.SEAL, "fits all fields"));
        } else if (fitsFields && !fitsSeal) {
            for (String name : differing) {
                findings.add(Finding.bad(Receipt.SEAL + "." + name, "was changed, and the field itself is as signed"));
            }
        } else {
            String says = fitsSeal ? "was changed after it was signed" : "does not fit its seal";
            differing.stream()
                    .filter(name -> !misnamed.contains(name))
                    .forEach(name -> findings.add(Finding.bad(name, says)));
        }
    }

    private static boolean fits(Optional<WorkerKey> key, JsonNode seal, JsonNode signature) {
        return key.isPresent() && key.get().hasSigned(seal, signature);
    }

    /** The hash that stands in the signed result must be that of the outputs which stand here. */
    private void checkOutputs(ObjectNode fields) {
        Optional<String> hash = outputs(fields)
                .map(files -> files.isEmpty()
                        ? SignedResult.outputHash(
                                fields.path("stdout").path("kept_sha256").asText(),
                                fields.path("stdout").path("kept_bytes").asLong())
                        : SignedResult.outputHash(files));
        if (hash.isEmpty()) {
            findings.add(Finding.bad(Receipt.OUTPUTS, "is not a list of files in the order of their paths"));
        } else {
            require(
                    Receipt.OUTPUT_HASH,
                    hash.get().equals(fields.path(Receipt.OUTPUT_HASH).textValue()),
                    "is that of the outputs",
                    "is not that of the outputs");
        }
    }
}
