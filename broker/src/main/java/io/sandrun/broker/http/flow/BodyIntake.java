package io.sandrun.broker.http.flow;

import io.sandrun.protocol.Limits;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpMethod;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;

/**
 * Where requests come in. What is sent with POST is read before anybody is asked about it, so that nobody waits for it;
 * only files pass as streams, to whoever has threads for that. What is answered is held until all of it is there.
 * Thread-safe.
 */
final class BodyIntake extends Handler.Wrapper {
    private static final byte[] NOTHING = {};

    private final Room bodies;
    private final Room answers;

    BodyIntake(Room bodies, Room answers) {
        this.bodies = bodies;
        this.answers = answers;
    }

    @Override
    public boolean handle(Request request, Response plain, Callback callback) throws Exception {
        Response response = new HeldAnswer(request, plain, answers);
        if (!HttpMethod.POST.is(request.getMethod()) || isForm(request)) {
            return super.handle(request, response, callback);
        }
        long announced = request.getLength();
        if (announced > Limits.BODY_BYTES) {
            // Refused by whoever wants to read it, unread.
            ReadBody unread = new ReadBody(request, NOTHING, ReadBody.tooLarge(Limits.BODY_BYTES));
            return super.handle(unread, response, callback);
        }
        BodyReading.Then then = (bytes, refusal) -> goOn(new ReadBody(request, bytes, refusal), response, callback);
        new BodyReading(request, (int) announced, bodies, then).run();
        return true;
    }

    private void goOn(Request request, Response response, Callback callback) {
        try {
            if (!super.handle(request, response, callback)) {
                Response.writeError(request, response, callback, 404);
            }
        } catch (Throwable failed) {
            Response.writeError(request, response, callback, failed);
        }
    }

    private static boolean isForm(Request request) {
        return MediaType.of(request.getHeaders().get(HttpHeader.CONTENT_TYPE)).equals(MediaType.FORM);
    }
}
