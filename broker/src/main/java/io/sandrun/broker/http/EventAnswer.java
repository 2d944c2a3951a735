package io.sandrun.broker.http;

import io.javalin.http.Context;
import io.sandrun.broker.access.OpenCalls;
import io.sandrun.broker.http.flow.HeldAnswer;
import io.sandrun.broker.http.flow.Wire;
import jakarta.servlet.ServletOutputStream;
import java.io.IOException;
import java.util.function.Function;

/** Answers with server-sent events, which go out as they come and for as long as the caller's key opens anything. */
final class EventAnswer {
    private EventAnswer() {}

    /**
     * Begins one.
     *
     * @param source begins to send events, and answers what is to be done when the answer is over
     */
    static void begin(Context request, AccessCheck access, Function<EventSink, Runnable> source) throws IOException {
        request.contentType("text/event-stream; charset=utf-8");
        // Said to proxies that would gather the events.
        request.header("X-Accel-Buffering", "no");
        HeldAnswer.stream(request);
        ServletOutputStream out = request.res().getOutputStream();
        EventSink sink = new EventSink(out, () -> Wire.cutOff(request));
        request.future(() -> {
            out.setWriteListener(sink);
            Runnable whenOver = source.apply(sink);
            OpenCalls.Call call = access.openAnswer(request);
            return sink.ended().whenComplete((over, failure) -> {
                whenOver.run();
                call.close();
            });
        });
    }
}
