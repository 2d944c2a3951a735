package io.sandrun.broker.http;

import io.javalin.http.Context;
import io.javalin.http.Handler;
import io.sandrun.broker.access.OpenCalls;
import io.sandrun.broker.access.Principal;
import io.sandrun.protocol.ErrorBody;
import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;

/** Runs an endpoint and writes its answer. What it waits for holds no thread. Thread-safe. */
final class Responder {
    /** When a caller who was told to come back may do so, seconds. */
    private static final String RETRY_AFTER_SECONDS = "1";

    private final AccessCheck access;
    private final Executor writers;
    private int inFlight;

    /** @param writers run what follows a commit: encoding the answer and writing it, for which no thread waits */
    Responder(AccessCheck access, Executor writers) {
        this.access = access;
        this.writers = writers;
    }

    AccessCheck access() {
        return access;
    }

    Handler served(Endpoint endpoint) {
        return request -> {
            entered();
            request.future(() -> serve(endpoint, request).whenComplete((written, failure) -> left()));
        };
    }

    private synchronized void entered() {
        inFlight++;
    }

    private synchronized void left() {
        inFlight--;
        if (inFlight == 0) {
            notifyAll();
        }
    }

    /** Waits until every request has its answer, or the time is up. */
    synchronized void awaitAnswers(long timeoutMs) {
        long endNs = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(timeoutMs);
        try {
            long leftMs = timeoutMs;
            while (inFlight > 0 && leftMs > 0) {
                wait(leftMs);
                leftMs = TimeUnit.NANOSECONDS.toMillis(endNs - System.nanoTime());
            }
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
        }
    }

    private CompletableFuture<?> serve(Endpoint endpoint, Context request) {
        CompletableFuture<Answer> answer;
        try {
            answer = endpoint.serve(request);
        } catch (RuntimeException failure) {
            write(request, Errors.answer(failure));
            return CompletableFuture.completedFuture(null);
        }
        if (answer.isDone() && !answer.isCompletedExceptionally()) {
            write(request, answer.join());
            return CompletableFuture.completedFuture(null);
        }
        return untilKeyEnds(request, answer)
                .handleAsync(
                        (found, failure) -> {
                            write(request, failure == null ? found : Errors.answer(failure));
                            return null;
                        },
                        writers);
    }

    /** The answer, or the refusal that comes when the key ends under which it is waited for. */
    private CompletableFuture<Answer> untilKeyEnds(Context request, CompletableFuture<Answer> answer) {
        Optional<Principal> caller = AccessCheck.principalIfAny(request);
        if (caller.isEmpty()) {
            return answer;
        }
        CompletableFuture<Answer> first = answer.copy();
        OpenCalls.Call call = access.open(caller.get(), () -> first.completeExceptionally(AccessCheck.keyEnded()));
        return first.whenComplete((found, failure) -> call.close());
    }

    static void write(Context request, Answer answer) {
        request.status(answer.status());
        if (answer.status() == 429 || answer.status() == 503) {
            Integer told = answer.body() instanceof ErrorBody error ? error.retryAfter() : null;
            request.header("Retry-After", told == null ? RETRY_AFTER_SECONDS : told.toString());
        }
        if (answer.status() == 401) {
            request.header("WWW-Authenticate", AccessCheck.SCHEME + ", " + NodeCallers.SCHEMES);
        }
        request.contentType("application/json");
        byte[] body = answer.json();
        NodeCallers.seal(request, answer.status(), body);
        if (request.header("Sec-WebSocket-Version") == null) {
            request.result(body);
        } else {
            writeToHandshake(request, body);
        }
    }

    /** Nobody writes the result of a refused handshake but us. */
    private static void writeToHandshake(Context request, byte[] body) {
        try {
            request.res().setContentLength(body.length);
            request.res().getOutputStream().write(body);
        } catch (IOException gone) {
            // Whoever asked does not listen any more.
        }
    }
}
