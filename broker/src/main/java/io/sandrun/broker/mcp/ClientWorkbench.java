package io.sandrun.broker.mcp;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.sandrun.protocol.BrokerClient;
import io.sandrun.protocol.BrokerException;
import io.sandrun.protocol.ErrorBody;
import io.sandrun.protocol.ErrorCode;
import io.sandrun.protocol.JobResult;
import io.sandrun.protocol.log.LogStream;
import io.sandrun.protocol.transfer.UploadFile;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A broker that is reached over HTTP. To be closed. Thread-safe. */
public final class ClientWorkbench implements Workbench, AutoCloseable {
    /** Each call waits in one at a time, and a few more look meanwhile how other jobs are doing. */
    private static final int THREADS = 2 * ToolLimits.CALLS;

    private static final long THREAD_IDLE_SECONDS = 30;
    private static final long STOP_SECONDS = 5;

    private final BrokerClient client;
    private final ThreadPoolExecutor threads = new ThreadPoolExecutor(
            THREADS, THREADS, THREAD_IDLE_SECONDS, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), work -> {
                Thread thread = new Thread(work, "sandrun-tools");
                thread.setDaemon(true);
                return thread;
            });

    public ClientWorkbench(BrokerClient client) {
        this.client = client;
        threads.allowCoreThreadTimeOut(true);
    }

    @FunctionalInterface
    private interface Call<T> {
        T make() throws IOException;
    }

    private <T> CompletableFuture<T> later(Call<T> call) {
        return CompletableFuture.supplyAsync(
                () -> {
                    try {
                        return call.make();
                    } catch (IOException failed) {
                        throw new CompletionException(failed);
                    }
                },
                threads);
    }

    @Override
    public CompletableFuture<JsonNode> submit(ObjectNode manifest, List<ProjectFile> files) {
        List<UploadFile> uploads = files.stream()
                .map(file -> new UploadFile(
                        file.path(), file.content().length, () -> new ByteArrayInputStream(file.content())))
                .toList();
        return later(() -> client.submit(manifest, uploads, (moved, total) -> {}));
    }

    @Override
    public CompletableFuture<JsonNode> status(String jobId, double waitSeconds) {
        return later(() -> client.status(jobId, waitSeconds));
    }

    @Override
    public CompletableFuture<JobResult> result(String jobId) {
        return later(() -> client.result(jobId, 0).orElseThrow(() -> notFinished(jobId)));
    }

    private static BrokerException notFinished(String jobId) {
        return new BrokerException(
                ErrorCode.NOT_FINISHED.httpStatus(),
                new ErrorBody("The job has no result yet.", ErrorCode.NOT_FINISHED.wire(), Map.of("job_id", jobId)));
    }

    @Override
    public CompletableFuture<byte[]> log(String jobId, @Nullable LogStream stream, long offset, int limit) {
        return later(() -> client.logBytes(jobId, stream, offset, limit));
    }

    @Override
    public CompletableFuture<JsonNode> outputs(String jobId) {
        return later(() -> client.outputs(jobId));
    }

    @Override
    public CompletableFuture<byte[]> output(String jobId, String path, long offset, int limit) {
        return later(() -> client.outputBytes(jobId, path, offset, limit));
    }

    @Override
    public CompletableFuture<JsonNode> environments() {
        return later(client::environments);
    }

    @Override
    public CompletableFuture<JsonNode> cancel(String jobId) {
        return later(() -> client.cancel(jobId));
    }

    /** What was asked for last is still asked: the end of a job that nobody waits for. */
    @Override
    public void close() {
        threads.shutdown();
        try {
            if (!threads.awaitTermination(STOP_SECONDS, TimeUnit.SECONDS)) {
                threads.shutdownNow();
            }
        } catch (InterruptedException stop) {
            threads.shutdownNow();
            Thread.currentThread().interrupt();
        }
    }
}
