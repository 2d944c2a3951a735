package io.sandrun.broker.http;

import io.javalin.http.Context;
import io.sandrun.broker.Refusal;
import io.sandrun.broker.artifact.Artifact;
import io.sandrun.broker.artifact.ArtifactStore;
import io.sandrun.broker.artifact.pack.OutputArchive;
import io.sandrun.broker.job.JobStatuses;
import io.sandrun.broker.job.OutputFile;
import io.sandrun.broker.store.JobRow;
import io.sandrun.broker.store.Store;
import io.sandrun.broker.store.StoreUnavailableException;
import io.sandrun.protocol.ErrorCode;
import io.sandrun.protocol.OutputReport;
import io.sandrun.protocol.OutputReport.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** What clients call for the files that jobs left. A file is shown as what it is, and never as a page of ours. */
final class OutputEndpoints {
    private final Store store;
    private final JobStatuses statuses;
    private final ArtifactStore artifacts;
    private final FileSender sender;

    OutputEndpoints(Store store, JobStatuses statuses, ArtifactStore artifacts, FileSender sender) {
        this.store = store;
        this.statuses = statuses;
        this.artifacts = artifacts;
        this.sender = sender;
    }

    CompletableFuture<Answer> list(Context request) {
        return CompletableFuture.completedFuture(list(request.pathParam("id")));
    }

    Answer list(String jobId) {
        JobRow job = statuses.requireShown(jobId);
        OutputReport kept = store.read(tables -> tables.outputs().ofJob(job.seq()));
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("job_id", job.id());
        body.put("status", job.status());
        body.put("state", job.state());
        body.put("files", kept.files().stream().map(File::path).toList());
        body.put("outputs", kept.files().stream().map(OutputEndpoints::inShort).toList());
        body.put(
                "file_details",
                kept.files().stream().map(OutputEndpoints::inFull).toList());
        body.put("left_out", kept.leftOut());
        body.put("left_out_count", kept.leftOutCount());
        return Answer.ok(body);
    }

    private static Map<String, Object> inShort(File file) {
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("path", file.path());
        body.put("size_bytes", file.sizeBytes());
        body.put("type", OutputFile.type(file.path()));
        return body;
    }

    private static Map<String, Object> inFull(File file) {
        Map<String, Object> body = inShort(file);
        body.put("sha256", file.sha256());
        body.put("executable", file.executable());
        return body;
    }

    void show(Context request) {
        send(request, require(request));
    }

    void download(Context request) {
        File file = require(request);
        request.header("Content-Disposition", "attachment; filename*=UTF-8''" + percentEncoded(name(file)));
        send(request, file);
    }

    /** All files in one archive, which is empty where the job left none. */
    void downloadAll(Context request) {
        JobRow job = statuses.requireShown(request.pathParam("id"));
        OutputReport kept = store.read(tables -> tables.outputs().ofJob(job.seq()));
        Long endedAtMs = job.endedAtMs();
        long timeMs = endedAtMs == null ? job.createdAtMs() : endedAtMs;
        sender.send(request, () -> {
            OutputArchive archive = OutputArchive.of(artifacts, kept.files(), timeMs)
                    .orElseThrow(() -> new Refusal(ErrorCode.UNKNOWN_FILE, "A file of the job is not kept any more."));
            request.header("Content-Disposition", "attachment; filename=\"" + job.id() + ".tar.gz\"");
            FileSender.announce(request, "application/gzip");
            return new Packed(archive);
        });
    }

    private record Packed(OutputArchive archive) implements FileSender.Source {
        @Override
        public void writeTo(OutputStream out) throws IOException {
            archive.writeTo(out);
        }

        @Override
        public void close() {
            archive.close();
        }
    }

    /** Bytes of a file, fewer at its end. */
    byte[] bytes(String jobId, String path, long offset, int limit) {
        File file = require(jobId, path);
        if (offset >= file.sizeBytes()) {
            return new byte[0];
        }
        try (InputStream from = artifacts
                .open(file.sha256(), offset)
                .orElseThrow(() -> new Refusal(ErrorCode.UNKNOWN_FILE, "This file is not kept any more."))) {
            return from.readNBytes(limit);
        } catch (IOException broken) {
            throw new StoreUnavailableException("A file cannot be read: " + broken.getMessage(), broken);
        }
    }

    private File require(Context request) {
        return require(request.pathParam("id"), request.pathParam("path"));
    }

    private File require(String jobId, String path) {
        JobRow job = statuses.requireShown(jobId);
        return store.read(tables -> tables.outputs().find(job.seq(), path))
                .orElseThrow(() -> new Refusal(
                        ErrorCode.UNKNOWN_FILE, "The job left no file of this name.", Map.of("job_id", job.id())));
    }

    private void send(Context request, File file) {
        String tag = Conditions.tag(file.sha256());
        request.header("ETag", tag);
        request.header("Accept-Ranges", "bytes");
        if (Conditions.hasAlready(request, tag)) {
            request.status(304);
            return;
        }
        Optional<ByteRange> part = Conditions.wanted(request, tag, file.sizeBytes());
        part.ifPresent(range -> {
            request.status(206);
            request.header("Content-Range", range.contentRange(file.sizeBytes()));
        });
        SecurityHeaders.ofFile(request);
        FileSender.announce(request, OutputFile.type(file.path()));
        sender.send(
                request, new Artifact(file.sha256(), file.sizeBytes()), part.orElse(ByteRange.whole(file.sizeBytes())));
    }

    private static String name(File file) {
        return file.path().substring(file.path().lastIndexOf('/') + 1);
    }

    private static String percentEncoded(String name) {
        return URLEncoder.encode(name, StandardCharsets.UTF_8)
                .replace("+", "%20")
                .replace("*", "%2A");
    }
}
