package io.sandrun.broker.http;

import io.javalin.http.Context;
import io.sandrun.broker.feed.Feed;
import io.sandrun.broker.feed.Onlooker;
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
        EventAnswer.begin(request, access, sink -> {
            Onlooker onlooker = feed.join(sees, sink);
            return () -> feed.leave(onlooker);
        });
    }
}
