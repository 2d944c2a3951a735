package io.sandrun.broker.http;

import io.javalin.http.Context;
import io.sandrun.broker.Refusal;
import io.sandrun.broker.metrics.Metrics;
import io.sandrun.broker.store.Readiness;
import io.sandrun.broker.store.Readiness.State;
import io.sandrun.protocol.ErrorCode;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;

/** What machines ask that watch a broker. */
final class WatchEndpoints {
    private final Metrics metrics;
    private final Readiness readiness;
    private final Executor blocking;

    WatchEndpoints(Metrics metrics, Readiness readiness, Executor blocking) {
        this.metrics = metrics;
        this.readiness = readiness;
        this.blocking = blocking;
    }

    /** Not JSON, but the text that Prometheus reads. */
    void metrics(Context request) {
        request.future(() -> CompletableFuture.supplyAsync(metrics::text, blocking)
                .thenAccept(text -> request.contentType(metrics.contentType()).result(text)));
    }

    /** To be refused is the answer of a broker that is not ready: a balancer looks at the status alone. */
    CompletableFuture<Answer> ready(Context request) {
        return readiness.look().thenApply(state -> {
            if (!state.isReady()) {
                throw new Refusal(ErrorCode.UNAVAILABLE, "Not ready: " + why(state) + ".", details(state));
            }
            return Answer.ok(Map.of("status", "ready"));
        });
    }

    private static String why(State state) {
        if (state.stopping()) {
            return "the broker is stopping";
        }
        return state.storeWrites() ? "the disk has less room left than it must" : "the store takes no writes";
    }

    private static Map<String, Object> details(State state) {
        return Map.of(
                "store_writes", state.storeWrites(),
                "disk_has_room", state.diskHasRoom(),
                "stopping", state.stopping());
    }
}
