package io.sandrun.broker.http;

import io.javalin.http.Context;
import io.sandrun.broker.job.JobStatuses;
import io.sandrun.broker.log.LogWatch;
import io.sandrun.broker.log.LogWatchers;
import io.sandrun.broker.log.LogWish;
import java.io.IOException;

/** The logs that are watched as server-sent events. */
final class LogEvents {
    private final LogWatchers watchers;
    private final JobStatuses statuses;
    private final AccessCheck access;

    LogEvents(LogWatchers watchers, JobStatuses statuses, AccessCheck access) {
        this.access = access;
        this.watchers = watchers;
        this.statuses = statuses;
    }

    void serve(Context request) throws IOException {
        LogWish wish = LogParameters.wish(request);
        statuses.requireShown(wish.jobId());
        watchers.requireRoom();
        EventAnswer.begin(request, access, sink -> {
            LogWatch watch = watchers.watch(wish, LogFormats.EVENTS, sink);
            return () -> watchers.leave(watch);
        });
    }
}
