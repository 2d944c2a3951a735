package io.sandrun.runtime.sandbox;

import io.sandrun.runtime.Outcome;
import io.sandrun.runtime.linux.Descriptor;
import io.sandrun.runtime.linux.MessageSocket.Message;
import io.sandrun.runtime.linux.NativeBuffer;
import io.sandrun.runtime.linux.Poll;
import io.sandrun.runtime.linux.Wakeup;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Watches one run from go until nothing of it is left. One thread, one poll: output, input, pid 1, the resident and a
 * cancellation are events; usage is looked at by the tick. A limit that is passed ends the sandbox, never the loop: the
 * loop ends when both streams have ended and the resident has reaped pid 1.
 */
final class RunLoop implements AutoCloseable {
    /** The four streams and signals that a run is connected to. */
    record Connections(StdinFeed stdin, StreamCapture stdout, StreamCapture stderr, Wakeup cancelled) {}

    /** What is left after a kill dies at once; more than this is a process that hangs in the kernel. */
    private static final long ENDING_NANOS = TimeUnit.SECONDS.toNanos(10);

    private static final int BUFFER_BYTES = 64 * 1024;

    private final PreparedSandbox sandbox;
    private final Connections connections;
    private final LimitWatch watch;
    private final long tickNanos;
    private final Poll poll = new Poll();
    private final NativeBuffer buffer = NativeBuffer.ofSize(BUFFER_BYTES);

    private @Nullable Verdict verdict;
    private Protocol.@Nullable Ended ended;
    private long endNanos;
    private boolean initIsGone;
    private int openStreams = 2;

    RunLoop(PreparedSandbox sandbox, Connections connections, LimitWatch watch, int tickMs) {
        this.sandbox = sandbox;
        this.connections = connections;
        this.watch = watch;
        this.tickNanos = TimeUnit.MILLISECONDS.toNanos(tickMs);
    }

    /**
     * Runs until the end.
     *
     * @throws SandboxFailure when the command could not be started
     * @throws IOException when the slot's machinery failed; the sandbox must be closed
     */
    void run(Descriptor stdin, Descriptor stdout, Descriptor stderr) throws IOException {
        int outPlace = poll.watch(stdout);
        int errPlace = poll.watch(stderr);
        int initPlace = poll.watch(sandbox.socket().descriptor());
        int residentPlace = poll.watch(sandbox.resident().descriptor());
        int cancelPlace = poll.watch(connections.cancelled().descriptor());
        int inPlace = connections.stdin().write() ? poll.watchForRoom(stdin) : -1;
        long nextTickNanos = System.nanoTime() + tickNanos;
        while (openStreams > 0 || sandbox.fate().exited() == null) {
            poll.await(timeoutMs(nextTickNanos));
            drain(outPlace, connections.stdout());
            drain(errPlace, connections.stderr());
            if (inPlace >= 0 && poll.isReady(inPlace) && !connections.stdin().write()) {
                poll.ignore(inPlace);
                inPlace = -1;
            }
            if (poll.isReady(residentPlace)) {
                sandbox.resident().listen();
            }
            if (poll.isReady(initPlace)) {
                hearInit(initPlace);
            }
            if (poll.isReady(cancelPlace)) {
                poll.ignore(cancelPlace);
                end(new Verdict(Outcome.CANCELLED, "The run was cancelled."));
            }
            nextTickNanos = check(nextTickNanos);
        }
    }

    private int timeoutMs(long nextTickNanos) {
        long nowNanos = System.nanoTime();
        long waitNanos = isEnding() ? tickNanos : Math.min(nextTickNanos - nowNanos, watch.remainingNanos(nowNanos));
        return (int) Math.max(0, TimeUnit.NANOSECONDS.toMillis(waitNanos + 999_999));
    }

    private boolean isEnding() {
        return ended != null || verdict != null || initIsGone;
    }

    private void drain(int place, StreamCapture stream) throws IOException {
        if (poll.isReady(place) && !stream.read(buffer)) {
            poll.ignore(place);
            openStreams--;
        }
    }

    private void hearInit(int place) throws IOException {
        Message message;
        try {
            message = sandbox.socket().receive();
        } catch (IOException e) {
            poll.ignore(place);
            initIsGone = true;
            markEnd();
            return;
        }
        if (message != null) {
            switch (message.bytes().getInt(0)) {
                case Protocol.ENDED -> ended = Protocol.Ended.read(message.bytes());
                case Protocol.FAILED -> throw new SandboxFailure(Protocol.Failure.read(message.bytes()));
                default -> throw new IOException("unexpected message of pid 1");
            }
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
        end(watch.checkWall(nowNanos));
        if (nowNanos < nextTickNanos) {
            return nextTickNanos;
        }
        end(watch.checkUsage());
        return nowNanos + tickNanos;
    }

    /** The first verdict stands. */
    private void end(@Nullable Verdict reached) {
        if (reached != null && !isEnding()) {
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

    /** How the main process ended; null when it was killed with its sandbox. */
    Protocol.@Nullable Ended ended() {
        return ended;
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
