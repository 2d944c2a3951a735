package io.sandrun.broker.verify;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.sandrun.broker.store.ResultRow;
import io.sandrun.protocol.Json;
import io.sandrun.protocol.Outcome;
import io.sandrun.protocol.OutputReport.File;
import io.sandrun.protocol.identity.CanonicalJson;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;

/**
 * What two nodes must have in common to agree on a job: the outcome's code, the exit code, what was printed to standard
 * output, and the files that the job left. Not standard error, which people read and programs fill with times and
 * addresses, and nothing of what it cost.
 */
final class AnswerDigest {
    private AnswerDigest() {}

    /**
     * {@code sha256:} and 64 hex digits, over the canonical JSON of these.
     *
     * @param files in the order of their paths by code point
     */
    static String of(Outcome outcome, ResultRow result, List<File> files) {
        ObjectNode answer = Json.MAPPER
                .createObjectNode()
                .put("code", outcome.wire())
                .put("exit_code", result.measures().exitCode())
                .put("stdout", sha256(result.stdout()))
                // What was cut off is compared by its length.
                .put("stdout_bytes", result.stdoutBytes());
        ArrayNode outputs = answer.putArray("outputs");
        files.forEach(file -> outputs.addObject().put("path", file.path()).put("sha256", file.sha256()));
        return "sha256:" + sha256(CanonicalJson.bytes(answer));
    }

    private static String sha256(byte[] bytes) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException("every Java has SHA-256", impossible);
        }
    }
}
