package io.sandrun.broker.feed;

import io.sandrun.broker.log.LogSink;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A connection that takes a message when it is told to. */
final class HandDrivenSink implements LogSink {
    final List<String> messages = new ArrayList<>();
    private Consumer<@Nullable Throwable> sent = failure -> {};
    int drops;

    @Override
    public void send(String message, Consumer<@Nullable Throwable> whenSent) {
        messages.add(message);
        sent = whenSent;
    }

    void take() {
        Consumer<@Nullable Throwable> last = sent;
        sent = failure -> {};
        last.accept(null);
    }

    @Override
    public void end(End why) {}

    @Override
    public void drop() {
        drops++;
    }
}
