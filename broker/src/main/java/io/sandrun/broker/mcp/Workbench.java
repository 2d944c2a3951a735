package io.sandrun.broker.mcp;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.sandrun.protocol.JobResult;
import io.sandrun.protocol.log.LogStream;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * What the tools need of a broker, on behalf of one caller. What the broker refuses fails with a {@link
 * io.sandrun.protocol.BrokerException}, what does not reach it with another {@link java.io.IOException}. Returns at
 * once. Thread-safe.
 */
public interface Workbench {
    /** A file of a project. Whoever gets the bytes leaves them as they are. */
    final class ProjectFile {
        private final String path;
        private final byte[] content;

        /** @param path as the caller wrote it */
        public ProjectFile(String path, byte[] content) {
            this.path = path;
            this.content = content;
        }

        public String path() {
            return path;
        }

        public byte[] content() {
            return content;
        }
    }

    /** Submits a project; the answer of {@code POST /submit}. */
    CompletableFuture<JsonNode> submit(ObjectNode manifest, List<ProjectFile> files);

    /** Where a job stands when it has ended, or after so many seconds. */
    CompletableFuture<JsonNode> status(String jobId, double waitSeconds);

    /** The result of a job that has ended. */
    CompletableFuture<JobResult> result(String jobId);

    /**
     * What was printed, as it was printed.
     *
     * @param stream the only one that is wanted and that the offset counts, or null for the whole log
     */
    CompletableFuture<byte[]> log(String jobId, @Nullable LogStream stream, long offset, int limit);

    /** What a job left behind, as {@code GET /outputs/ID} tells it. */
    CompletableFuture<JsonNode> outputs(String jobId);

    /** Bytes of one output; fewer at its end. */
    CompletableFuture<byte[]> output(String jobId, String path, long offset, int limit);

    /** The environments that live nodes have. */
    CompletableFuture<JsonNode> environments();

    CompletableFuture<JsonNode> cancel(String jobId);
}
