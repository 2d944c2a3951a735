package io.sandrun.broker.http;

import io.javalin.http.Context;
import io.javalin.http.HandlerType;
import io.javalin.http.RequestLogger;
import io.javalin.router.Endpoint;
import io.sandrun.broker.metrics.HttpMetrics;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** Counts each request when it was answered, under its route and not under its path. Thread-safe. */
final class RequestCount implements RequestLogger {
    private static final float MILLIS_PER_SECOND = 1e3f;

    private final HttpMetrics metrics;
    private final Map<Endpoint, HttpMetrics.Route> routes = new ConcurrentHashMap<>();
    private final HttpMetrics.Route none;

    RequestCount(HttpMetrics metrics) {
        this.metrics = metrics;
        this.none = metrics.route("any", "none");
    }

    @Override
    public void handle(Context request, Float tookMs) {
        route(request.endpoints().lastHttpEndpoint()).answered(request.statusCode(), tookMs / MILLIS_PER_SECOND);
    }

    /** What was refused before its route was looked for has none. */
    private HttpMetrics.Route route(@Nullable Endpoint endpoint) {
        if (endpoint == null || !isOfRequests(endpoint.method)) {
            return none;
        }
        HttpMetrics.Route known = routes.get(endpoint);
        return known != null
                ? known
                : routes.computeIfAbsent(endpoint, unknown -> metrics.route(unknown.method.name(), unknown.path));
    }

    private static boolean isOfRequests(HandlerType method) {
        return method.isHttpMethod();
    }
}
