package io.sandrun.broker.http;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.sandrun.broker.access.Principal;
import io.sandrun.broker.http.flow.Peer;
import io.sandrun.broker.log.LogWish;
import io.sandrun.broker.mcp.Workbench;
import io.sandrun.broker.project.PartSink;
import io.sandrun.protocol.BrokerException;
import io.sandrun.protocol.ErrorBody;
import io.sandrun.protocol.JobResult;
import io.sandrun.protocol.Json;
import io.sandrun.protocol.log.LogStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** This broker, as one caller may use it: by the same checks and into the same rooms as over HTTP. Thread-safe. */
final class CallerWorkbench implements Workbench {
    private static final int OK = 200;

    private final AgentDesk desk;
    private final Principal caller;
    private final Peer peer;

    CallerWorkbench(AgentDesk desk, Principal caller, Peer peer) {
        this.desk = desk;
        this.caller = caller;
        this.peer = peer;
    }

    @Override
    public CompletableFuture<JsonNode> submit(ObjectNode manifest, List<ProjectFile> files) {
        return answered(() -> desk.submits().submit(caller, peer, parts -> {
                    part(parts, "manifest", null, Json.bytes(manifest));
                    files.forEach(file -> part(parts, "files", file.path(), file.content()));
                }))
                .thenApply(CallerWorkbench::tree);
    }

    private static void part(PartSink parts, String field, @Nullable String name, byte[] content) {
        parts.begin(field, name);
        parts.content(content, 0, content.length);
        parts.end();
    }

    @Override
    public CompletableFuture<JsonNode> status(String jobId, double waitSeconds) {
        return ofJob(jobId, () -> desk.jobs().status(jobId, Math.round(waitSeconds * 1000)))
                .thenApply(CallerWorkbench::tree);
    }

    @Override
    public CompletableFuture<JobResult> result(String jobId) {
        return ofJob(jobId, () -> desk.jobs().result(jobId, 0))
                .thenApply(answer -> Json.MAPPER.convertValue(tree(answer), JobResult.class));
    }

    @Override
    public CompletableFuture<byte[]> log(String jobId, @Nullable LogStream stream, long offset, int limit) {
        return bytes(jobId, () -> desk.logs().bytes(new LogWish(jobId, stream, 0, offset), limit));
    }

    @Override
    public CompletableFuture<JsonNode> outputs(String jobId) {
        return ofJob(
                        jobId,
                        () -> CompletableFuture.completedFuture(desk.outputs().list(jobId)))
                .thenApply(CallerWorkbench::tree);
    }

    @Override
    public CompletableFuture<byte[]> output(String jobId, String path, long offset, int limit) {
        return bytes(jobId, () -> desk.outputs().bytes(jobId, path, offset, limit));
    }

    @Override
    public CompletableFuture<JsonNode> environments() {
        return answered(() -> CompletableFuture.completedFuture(
                        Answer.ok(desk.environments().page())))
                .thenApply(CallerWorkbench::tree);
    }

    @Override
    public CompletableFuture<JsonNode> cancel(String jobId) {
        return ofJob(jobId, () -> desk.jobs().cancel(jobId, caller)).thenApply(CallerWorkbench::tree);
    }

    private CompletableFuture<byte[]> bytes(String jobId, Supplier<byte[]> read) {
        return ofJob(jobId, () -> CompletableFuture.completedFuture(Answer.ok(read.get())))
                .thenApply(answer -> (byte[]) answer.body());
    }

    private CompletableFuture<Answer> ofJob(String jobId, Supplier<CompletableFuture<Answer>> ask) {
        return answered(() -> {
            desk.access().requireJob(caller, jobId);
            return ask.get();
        });
    }

    /** What it is answered, on a thread that may block; a refusal as whoever asks over HTTP meets it. */
    private CompletableFuture<Answer> answered(Supplier<CompletableFuture<Answer>> ask) {
        return CompletableFuture.runAsync(() -> desk.access().requireLive(caller), desk.blocking())
                .thenComposeAsync(live -> ask.get(), desk.blocking())
                .handleAsync(
                        (answer, failure) -> checked(failure == null ? answer : Errors.answer(failure)),
                        desk.blocking());
    }

    private static Answer checked(Answer answer) {
        if (answer.status() != OK) {
            throw new CompletionException(new BrokerException(answer.status(), (ErrorBody) answer.body()));
        }
        return answer;
    }

    private static JsonNode tree(Answer answer) {
        return Json.read(new String(answer.json(), StandardCharsets.UTF_8), JsonNode.class);
    }
}
