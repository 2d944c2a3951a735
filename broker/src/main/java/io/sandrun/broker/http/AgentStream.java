package io.sandrun.broker.http;

import io.sandrun.broker.log.LogSink.End;
import io.sandrun.broker.mcp.Outlet;
import java.util.ArrayDeque;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/** Messages to an agent as server-sent events, one after the other. A call makes a few dozen at most. Thread-safe. */
final class AgentStream implements Outlet {
    private final EventSink sink;
    private final Queue<String> waiting = new ArrayDeque<>();
    private boolean isSending;
    private boolean isEnding;

    AgentStream(EventSink sink) {
        this.sink = sink;
    }

    @Override
    public synchronized void send(String message) {
        if (!isEnding) {
            waiting.add("event: message\ndata: " + message + "\n\n");
            goOn();
        }
    }

    @Override
    public synchronized void end() {
        isEnding = true;
        goOn();
    }

    private void goOn() {
        if (isSending) {
            return;
        }
        String next = waiting.poll();
        if (next != null) {
            isSending = true;
            sink.send(next, this::sent);
        } else if (isEnding) {
            sink.end(End.JOB_ENDED);
        }
    }

    private synchronized void sent(@Nullable Throwable failure) {
        isSending = false;
        if (failure != null) {
            waiting.clear();
            isEnding = true;
        }
        goOn();
    }
}
