package io.sandrun.broker.http;

import io.javalin.http.Context;
import io.sandrun.broker.access.OpenCalls;
import io.sandrun.broker.feed.Feed;
import io.sandrun.broker.feed.Onlooker;
import io.sandrun.broker.http.flow.HeldAnswer;
import io.sandrun.broker.http.flow.Wire;
import jakarta.servlet.ServletOutputStream;
import java.io.IOException;

/** What goes on in the broker, as server-sent events. */
final class FeedEvents {
    private final Feed feed;
    private final AccessCheck access;

    FeedEvents(Feed feed, AccessCheck access) {
        this.feed = feed;
        this.access = access;
    }

    void serve(Context request) throws IOException {
        feed.requireRoom();
        String sees = AccessCheck.principal(request).sees();
        request.contentType(LogEvents.TYPE);
        request.header(LogEvents.UNBUFFERED, "no");
        HeldAnswer.stream(request);
        ServletOutputStream out = request.res().getOutputStream();
        EventSink sink = new EventSink(out, () -> Wire.cutOff(request));
        request.future(() -> {
            out.setWriteListener(sink);
            Onlooker onlooker = feed.join(sees, sink);
            OpenCalls.Call call = access.openAnswer(request);
            return sink.ended().whenComplete((over, failure) -> {
                feed.leave(onlooker);
                call.close();
            });
        });
    }
}
