package io.sandrun.protocol;

import java.io.IOException;
import java.net.http.HttpResponse.BodySubscriber;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** Hands the body of an answer to a sink as it comes, and asks for more when that is done: nothing piles up. */
final class SinkSubscriber implements BodySubscriber<byte[]> {
    private static final byte[] NOTHING = {};

    private final ByteSink sink;
    private final AtomicLong moved;
    private final CompletableFuture<byte[]> done = new CompletableFuture<>();
    private Flow.@Nullable Subscription subscription;

    /** @param moved grows by every byte */
    SinkSubscriber(ByteSink sink, AtomicLong moved) {
        this.sink = sink;
        this.moved = moved;
    }

    @Override
    public CompletionStage<byte[]> getBody() {
        return done;
    }

    @Override
    public void onSubscribe(Flow.Subscription newSubscription) {
        subscription = newSubscription;
        newSubscription.request(1);
    }

    @Override
    public void onNext(List<ByteBuffer> buffers) {
        Flow.Subscription source = Objects.requireNonNull(subscription);
        try {
            for (ByteBuffer buffer : buffers) {
                int bytes = buffer.remaining();
                sink.take(buffer);
                moved.addAndGet(bytes);
            }
        } catch (IOException | RuntimeException refused) {
            source.cancel();
            done.completeExceptionally(refused);
            return;
        }
        source.request(1);
    }

    @Override
    public void onError(Throwable broken) {
        done.completeExceptionally(broken);
    }

    @Override
    public void onComplete() {
        done.complete(NOTHING);
    }
}
