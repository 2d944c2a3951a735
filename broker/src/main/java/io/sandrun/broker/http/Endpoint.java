package io.sandrun.broker.http;

import io.javalin.http.Context;
import java.util.concurrent.CompletableFuture;

/** Reads a request, asks the room that it concerns, and hands back the answer; decides nothing. */
@FunctionalInterface
interface Endpoint {
    /** May throw or fail with a {@link io.sandrun.broker.Refusal}. */
    CompletableFuture<Answer> serve(Context request);
}
