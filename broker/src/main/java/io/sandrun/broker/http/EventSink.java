package io.sandrun.broker.http;

import io.sandrun.broker.log.LogSink;
import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.WriteListener;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The body of an answer to which events are added as they come. Each is written and flushed without a thread that
 * waits. Thread-safe.
 */
final class EventSink implements LogSink, WriteListener {
    private enum Step {
        IDLE,
        WRITE,
        FLUSH,
        SENT
    }

    private final ServletOutputStream out;
    private final Runnable cutOff;
    private final CompletableFuture<Void> ended = new CompletableFuture<>();
    private Step step = Step.IDLE;
    private byte[] event = new byte[0];
    private Consumer<@Nullable Throwable> sent = failure -> {};
    private boolean isEnding;

    /** @param cutOff closes the connection under the answer */
    EventSink(ServletOutputStream out, Runnable cutOff) {
        this.out = out;
        this.cutOff = cutOff;
    }

    /** Completes when the answer is over. */
    CompletableFuture<Void> ended() {
        return ended;
    }

    @Override
    public void send(String message, Consumer<@Nullable Throwable> whenSent) {
        synchronized (this) {
            event = message.getBytes(StandardCharsets.UTF_8);
            sent = whenSent;
            step = Step.WRITE;
        }
        goOn();
    }

    @Override
    public void onWritePossible() {
        goOn();
    }

    private void goOn() {
        Consumer<@Nullable Throwable> told = null;
        Throwable failure = null;
        synchronized (this) {
            try {
                advance();
            } catch (IOException | RuntimeException broken) {
                failure = broken;
                step = Step.SENT;
            }
            if (step == Step.SENT) {
                step = Step.IDLE;
                told = sent;
            }
            if (step == Step.IDLE && isEnding) {
                ended.complete(null);
            }
        }
        if (told != null) {
            told.accept(failure);
        }
    }

    /** As far as it goes without waiting; goes on when the container calls again. */
    private void advance() throws IOException {
        while (step != Step.IDLE && step != Step.SENT && out.isReady()) {
            if (step == Step.WRITE) {
                out.write(event);
                step = Step.FLUSH;
            } else {
                out.flush();
                step = Step.SENT;
            }
        }
    }

    @Override
    public void onError(Throwable failure) {
        Consumer<@Nullable Throwable> told;
        synchronized (this) {
            told = step == Step.IDLE ? null : sent;
            step = Step.IDLE;
            isEnding = true;
            ended.complete(null);
        }
        if (told != null) {
            told.accept(failure);
        }
    }

    @Override
    public synchronized void end(End why) {
        isEnding = true;
        if (step == Step.IDLE) {
            ended.complete(null);
        }
    }

    @Override
    public void drop() {
        cutOff.run();
        ended.complete(null);
    }
}
