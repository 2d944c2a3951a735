package io.sandrun.protocol.identity;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import io.sandrun.protocol.Json;
import io.sandrun.protocol.NodeMessages.AttemptReport;
import io.sandrun.protocol.NodeMessages.Complete;
import io.sandrun.protocol.NodeMessages.Usage;
import io.sandrun.protocol.OutputReport;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What a node vouches for with its signature, whatever the outcome. It signs the {@link CanonicalJson} of this record
 * with its names in snake case.
 *
 * @param cpuSeconds at most 3 decimals
 * @param outputHash {@code sha256:} and 64 hex digits over the output files and nothing else; over what the program
 *     printed where there are none, see {@link #outputHash}
 */
public record SignedResult(String jobId, int exitCode, double cpuSeconds, long memoryPeakBytes, String outputHash) {
    /** The name of the signature's algorithm on the wire. */
    public static final String ALGORITHM = "Ed25519";

    /** What an {@link #outputHash} begins with. */
    private static final String HASH_PREFIX = "sha256:";

    private static final Usage NO_USAGE = new Usage(0, 0, 0);

    /**
     * What a report says, to be signed by the node and to be checked by the broker.
     *
     * @throws IllegalArgumentException if its {@code output_base64} is not base64
     */
    public static SignedResult of(Complete report) {
        AttemptReport attempt = report.attempt();
        Usage usage = attempt == null ? NO_USAGE : attempt.usage();
        List<OutputReport.File> files =
                attempt == null ? List.of() : attempt.outputs().files();
        return new SignedResult(
                report.jobId(),
                report.exitCode(),
                usage.cpuSeconds(),
                usage.memoryPeakBytes(),
                files.isEmpty() ? outputHash(printed(report)) : outputHash(files));
    }

    private static byte[] printed(Complete report) {
        AttemptReport attempt = report.attempt();
        return kept(report.output(), attempt == null ? null : attempt.outputBase64());
    }

    /**
     * The bytes that a report has of a stream.
     *
     * @param base64 of just these bytes, or null where the text has them
     * @throws IllegalArgumentException if it is not base64
     */
    static byte[] kept(String text, @Nullable String base64) {
        return base64 == null
                ? text.getBytes(StandardCharsets.UTF_8)
                : Base64.getDecoder().decode(base64);
    }

    /**
     * The hash of output files: SHA-256 of the canonical JSON of {@code [{"path", "sha256", "size_bytes"}, ...]} in the
     * order of the paths by code point.
     */
    public static String outputHash(List<OutputReport.File> files) {
        ArrayNode listing = Json.MAPPER.createArrayNode();
        inOrder(files)
                .forEach(file -> listing.addObject()
                        .put("path", file.path())
                        .put("sha256", file.sha256())
                        .put("size_bytes", file.sizeBytes()));
        return hash(listing);
    }

    /** Files as they are listed where they are signed. */
    static Stream<OutputReport.File> inOrder(List<OutputReport.File> files) {
        return files.stream().sorted(Comparator.comparing(OutputReport.File::path, CanonicalJson.BY_CODE_POINT));
    }

    /**
     * The hash of a result without files: SHA-256 of the canonical JSON of {@code [{"sha256", "size_bytes", "stream":
     * "stdout"}]}.
     *
     * @param stdout the bytes that were kept of standard output
     */
    public static String outputHash(byte[] stdout) {
        return outputHash(Digest.of(stdout), stdout.length);
    }

    /** Likewise by the digest of those bytes and their number. */
    static String outputHash(String stdoutSha256, long stdoutBytes) {
        ArrayNode listing = Json.MAPPER.createArrayNode();
        listing.addObject().put("stream", "stdout").put("sha256", stdoutSha256).put("size_bytes", stdoutBytes);
        return hash(listing);
    }

    /** The bytes that are signed. */
    public byte[] message() {
        return CanonicalJson.bytes(Json.MAPPER.valueToTree(this));
    }

    /** The signature, base64. */
    public String sign(NodeKey key) {
        return Base64.getEncoder().encodeToString(key.sign(message()));
    }

    private static String hash(JsonNode listing) {
        return HASH_PREFIX + Digest.of(listing);
    }
}
