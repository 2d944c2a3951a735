package io.sandrun.broker.http;

import io.javalin.http.Context;
import io.sandrun.broker.access.OpenCalls;
import io.sandrun.broker.http.flow.HeldAnswer;
import io.sandrun.broker.http.flow.Wire;
import io.sandrun.broker.job.JobStatuses;
import io.sandrun.broker.log.LogWatch;
import io.sandrun.broker.log.LogWatchers;
import io.sandrun.broker.log.LogWish;
import jakarta.servlet.ServletOutputStream;
import java.io.IOException;

/** The logs that are watched as server-sent events. */
final class LogEvents {
    static final String TYPE = "text/event-stream; charset=utf-8";

    /** Said to proxies that would gather the events. */
    static final String UNBUFFERED = "X-Accel-Buffering";

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
        request.contentType(TYPE);
        request.header(UNBUFFERED, "no");
        HeldAnswer.stream(request);
        ServletOutputStream out = request.res().getOutputStream();
        EventSink sink = new EventSink(out, () -> Wire.cutOff(request));
        request.future(() -> {
            out.setWriteListener(sink);
            LogWatch watch = watchers.watch(wish, LogFormats.EVENTS, sink);
            OpenCalls.Call call = access.openAnswer(request);
            return sink.ended().whenComplete((over, failure) -> {
                watchers.leave(watch);
                call.close();
            });
        });
    }
}
