package io.sandrun.cli.map;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.sandrun.cli.map.Rows.Chunk;
import io.sandrun.protocol.BrokerException;
import io.sandrun.protocol.ErrorCode;
import io.sandrun.protocol.JobResult;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Runs a program once for each chunk of rows, so many jobs at once, and hands out what came of the rows in their order.
 *
 * <p>Theory of operation: each job is submitted under a key that stands in the state file by its run and number; so a
 * submit that is sent again, after a lost answer or by the next run after a kill, is the job that it was. A result is
 * written to the state before anything else is done with it. Rows are handed out as soon as all before them are there,
 * read back from the state, so that memory does not grow with the rows. For one use by one thread.
 */
public final class MapRun implements AutoCloseable {
    /** How far the fastest job may be ahead of the slowest, chunks: what is remembered of each is some bytes. */
    private static final int AHEAD_MAX = 100_000;

    private static final double POLL_SECONDS = 60;

    /** What lies between a row and its jobs. */
    public interface Jobs {
        /** Submits the job of some rows under a key; its id. */
        String submit(String input, String key) throws IOException;

        /** The job's result, or empty if there is none yet. */
        Optional<JobResult> result(String jobId, double waitSeconds) throws IOException;
    }

    /** Where the rows go, and how far it is. */
    public interface Listener {
        void row(JsonNode result) throws IOException;

        /** @param failed rows that are not good */
        void progress(long done, long failed);
    }

    private final Jobs jobs;
    private final Listener listener;
    private final MapState state;
    private final Semaphore places;
    private final ExecutorService threads;
    private final AtomicReference<@Nullable Throwable> trouble = new AtomicReference<>();

    /** Chunks that are done and stand behind one that is not. */
    private final Set<Integer> ahead = new HashSet<>();

    private int nextOut;
    private long done;
    private long failed;

    /**
     * @param plan what the state is of
     * @param inFlight jobs at once
     */
    public MapRun(Path stateFile, ObjectNode plan, int inFlight, Jobs jobs, Listener listener) throws IOException {
        this.jobs = jobs;
        this.listener = listener;
        this.state = MapState.open(stateFile, plan);
        this.places = new Semaphore(inFlight);
        this.threads = Executors.newFixedThreadPool(inFlight, work -> {
            Thread thread = new Thread(work, "sandrun-map");
            thread.setDaemon(true);
            return thread;
        });
    }

    /**
     * Runs all rows that are not good yet.
     *
     * @return rows that failed
     * @throws IOException if it cannot go on; the next run does
     */
    public long run(Rows rows) throws IOException, InterruptedException {
        for (Chunk chunk = rows.next(); chunk != null; chunk = rows.next()) {
            awaitRoom(chunk.index());
            if (state.isGood(chunk.index())) {
                finished(chunk.index());
                continue;
            }
            places.acquire();
            if (trouble.get() != null) {
                break;
            }
            Chunk mine = chunk;
            var unused = threads.submit(() -> attempt(mine));
        }
        threads.shutdown();
        while (!threads.isTerminated() && trouble.get() == null) {
            var unused = threads.awaitTermination(1, TimeUnit.SECONDS);
        }
        raise();
        return failed;
    }

    /** Everything is good: the state is not needed any more. */
    public void forget() throws IOException {
        state.delete();
    }

    private void raise() throws IOException {
        Throwable failure = trouble.get();
        if (failure instanceof IOException broken) {
            throw broken;
        }
        if (failure instanceof RuntimeException broken) {
            throw broken;
        }
        if (failure != null) {
            throw new IllegalStateException(failure);
        }
    }

    private synchronized void awaitRoom(int chunk) throws InterruptedException {
        while (chunk - nextOut > AHEAD_MAX && trouble.get() == null) {
            wait();
        }
    }

    private void attempt(Chunk chunk) {
        try {
            RowResults results = results(chunk);
            state.add(chunk.index(), results.areGood(), results.rows());
            finished(chunk.index());
        } catch (IOException | RuntimeException | Error failure) {
            // Whatever it is: a run that went on without this chunk would take itself for complete.
            trouble.compareAndSet(null, failure);
            wake();
        } finally {
            places.release();
        }
    }

    private synchronized void wake() {
        notifyAll();
    }

    private RowResults results(Chunk chunk) throws IOException {
        try {
            String jobId = new Patience().submit(jobs, chunk.input(), state.key(chunk.index()));
            Optional<JobResult> result = Optional.empty();
            while (result.isEmpty()) {
                result = new Patience().result(jobs, jobId, POLL_SECONDS);
            }
            return RowResults.of(chunk, result.get());
        } catch (BrokerException refused) {
            if (isOfTheRow(refused)) {
                return RowResults.refused(chunk, refused);
            }
            throw refused;
        }
    }

    /** Whether another row may do better: none does with a key that opens nothing, or while a quota is used up. */
    private static boolean isOfTheRow(BrokerException refused) {
        return refused.httpStatus() / 100 == 4
                && !refused.isRetryable()
                && refused.httpStatus() != 401
                && refused.httpStatus() != 403
                && !refused.is(ErrorCode.UNKNOWN_INTERPRETER);
    }

    /** Hands out what is next, and what has waited for it. */
    private synchronized void finished(int chunk) throws IOException {
        ahead.add(chunk);
        while (ahead.remove(nextOut)) {
            for (JsonNode row : state.rows(nextOut)) {
                listener.row(row);
                done++;
                failed += row.path("code").asText().equals("ok") ? 0 : 1;
            }
            nextOut++;
            notifyAll();
        }
        listener.progress(done, failed);
    }

    /** Jobs that were submitted go on; the next run finds them. */
    @Override
    public void close() throws IOException {
        threads.shutdownNow();
        state.close();
    }
}
