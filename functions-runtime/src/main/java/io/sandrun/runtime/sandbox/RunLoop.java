package io.sandrun.runtime.sandbox;

import io.sandrun.runtime.Outcome;
import io.sandrun.runtime.linux.Descriptor;
import io.sandrun.runtime.linux.NativeBuffer;
import io.sandrun.runtime.linux.Poll;
import io.sandrun.runtime.linux.Wakeup;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Watches one run from go until nothing of it is left. One thread, one poll: output, input, the resident and a
 * cancellation are events; usage, and what pid 1 has said, are looked at by the tick and at the end. A limit that is
 * passed ends the sandbox, never the loop: the loop ends when both streams have ended and the resident has reaped
 * pid 1.
 */
final class RunLoop implements AutoCloseable {
    /** The four streams and signals that a run is connected to. */
    record Connections(StdinFeed stdin, StreamCapture stdout, StreamCapture stderr, Wakeup cancelled) {}

    private static final long ENDING_NANOS = TimeUnit.MILLISECONDS.toNanos(PreparedSandbox.END_TIMEOUT_MS);

    private static final long PREPARING_NANOS = TimeUnit.MILLISECONDS.toNanos(PreparedSandbox.PREPARE_TIMEOUT_MS);

    private static final int BUFFER_BYTES = 64 * 1024;

    private final PreparedSandbox sandbox;
    private final Connections connections;
    private final LimitWatch watch;
    private final long tickNanos;
    private final Poll poll = new Poll();
    private final NativeBuffer buffer = NativeBuffer.ofSize(BUFFER_BYTES);

    private @Nullable Verdict verdict;
    private long endNanos;
    private final long startNanos = System.nanoTime();

    RunLoop(PreparedSandbox sandbox, Connections connections, LimitWatch watch, int tickMs) {
        this.sandbox = sandbox;
        this.connections = connections;
        this.watch = watch;
        this.tickNanos = TimeUnit.MILLISECONDS.toNanos(tickMs);
    }

    /**
     * Runs until the end.
     *
     * @throws SandboxFailure when the sandbox could not be prepared or the command not be started
     * @throws IOException when the slot's machinery failed; the sandbox must be closed
     */
    void run(Descriptor stdin, Descriptor stdout, Descriptor stderr) throws IOException {
        OutputTap out = new OutputTap(poll, stdout, connections.stdout());
        OutputTap err = new OutputTap(poll, stderr, connections.stderr());
        int residentPlace = poll.watch(sandbox.resident().descriptor());
        int cancelPlace = poll.watch(connections.cancelled().descriptor());
        int inPlace = connections.stdin().write() ? poll.watchForRoom(stdin) : -1;
        long nextTickNanos = System.nanoTime() + tickNanos;
        while (out.isOpen() || err.isOpen() || sandbox.fate().exited() == null) {
            long nowNanos = System.nanoTime();
            long paceNanos = Math.min(out.remainingNanos(nowNanos), err.remainingNanos(nowNanos));
            poll.await(timeoutMs(nextTickNanos, paceNanos));
            drain(out);
            drain(err);
            if (inPlace >= 0 && poll.isReady(inPlace) && !connections.stdin().write()) {
                poll.ignore(inPlace);
                inPlace = -1;
            }
            if (poll.isReady(residentPlace)) {
                hear();
            }
            if (poll.isReady(cancelPlace)) {
                poll.ignore(cancelPlace);
                end(new Verdict(Outcome.CANCELLED, "The run was cancelled."));
            }
            nextTickNanos = check(nextTickNanos);
        }
    }

    private int timeoutMs(long nextTickNanos, long paceNanos) {
        long nowNanos = System.nanoTime();
        long waitNanos = isEnding() ? tickNanos : Math.min(nextTickNanos - nowNanos, watch.remainingNanos(nowNanos));
        return (int) Math.max(0, TimeUnit.NANOSECONDS.toMillis(Math.min(waitNanos, paceNanos) + 999_999));
    }

    private boolean isEnding() {
        return sandbox.ended() != null || verdict != null || sandbox.fate().exited() != null;
    }

    private void drain(OutputTap tap) throws IOException {
        if (isOverfull() && tap.isOpen()) {
            tap.close();
        }
        tap.drain(buffer, System.nanoTime());
    }

    /** What is printed after too much was printed is of no use. */
    private boolean isOverfull() {
        return verdict != null && verdict.outcome() == Outcome.OUTPUT_LIMIT;
    }

    private void hear() throws IOException {
        sandbox.hear();
        watch.startNotBefore(sandbox.readyNanos());
        if (isEnding()) {
            markEnd();
        }
    }

    private long check(long nextTickNanos) throws IOException {
        long nowNanos = System.nanoTime();
        if (isEnding()) {
            if (nowNanos - endNanos > ENDING_NANOS) {
                sandbox.resident().distrust();
                throw new IOException("the sandbox did not end after it was killed");
            }
            return nextTickNanos;
        }
        end(watch.checkOutput(
                connections.stdout().totalBytes() + connections.stderr().totalBytes()));
        if (watch.checkWall(nowNanos) != null) {
            hear();
            end(watch.checkWall(nowNanos));
        }
        if (nowNanos < nextTickNanos) {
            return nextTickNanos;
        }
        hear();
        if (sandbox.readyNanos() == 0 && nowNanos - startNanos > PREPARING_NANOS) {
            throw sandbox.late();
        }
        end(watch.checkUsage());
        return nowNanos + tickNanos;
    }

    /** The first verdict stands. */
    private void end(@Nullable Verdict reached) throws IOException {
        if (reached == null || isEnding()) {
            return;
        }
        hear(); // it may have ended in time, untold
        if (!isEnding()) {
            verdict = reached;
            markEnd();
            sandbox.kill();
        }
    }

    private void markEnd() {
        if (endNanos == 0) {
            endNanos = System.nanoTime();
        }
    }

    /** The limit or the cancellation that ended the run; null when it ended by itself. */
    @Nullable
    Verdict verdict() {
        return verdict;
    }

    long endNanos() {
        return endNanos;
    }

    @Override
    public void close() {
        poll.close();
        buffer.close();
    }
}
