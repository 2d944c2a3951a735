package io.sandrun.broker.mcp;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.sandrun.protocol.JobResult;
import io.sandrun.protocol.Json;
import io.sandrun.protocol.log.LogStream;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** A workbench that knows of jobs their states, and nothing else. For one thread. */
final class KnownStates implements Workbench {
    private final Map<String, String> states = new HashMap<>();

    KnownStates with(String jobId, String state) {
        states.put(jobId, state);
        return this;
    }

    @Override
    public CompletableFuture<JsonNode> status(String jobId, double waitSeconds) {
        String state = states.get(jobId);
        return state == null
                ? CompletableFuture.failedFuture(new IllegalStateException("forgotten"))
                : CompletableFuture.completedFuture(
                        Json.MAPPER.createObjectNode().put("job_id", jobId).put("state", state));
    }

    private static <T> CompletableFuture<T> unknown() {
        return CompletableFuture.failedFuture(new UnsupportedOperationException());
    }

    @Override
    public CompletableFuture<JsonNode> submit(ObjectNode manifest, List<ProjectFile> files) {
        return unknown();
    }

    @Override
    public CompletableFuture<JobResult> result(String jobId) {
        return unknown();
    }

    @Override
    public CompletableFuture<byte[]> log(String jobId, @Nullable LogStream stream, long offset, int limit) {
        return unknown();
    }

    @Override
    public CompletableFuture<JsonNode> outputs(String jobId) {
        return unknown();
    }

    @Override
    public CompletableFuture<byte[]> output(String jobId, String path, long offset, int limit) {
        return unknown();
    }

    @Override
    public CompletableFuture<JsonNode> environments() {
        return unknown();
    }

    @Override
    public CompletableFuture<JsonNode> cancel(String jobId) {
        return unknown();
    }
}
