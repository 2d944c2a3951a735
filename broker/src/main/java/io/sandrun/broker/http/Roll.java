package io.sandrun.broker.http;

import io.javalin.config.RoutesConfig;
import io.javalin.http.Handler;
import io.javalin.http.HandlerType;
import io.javalin.websocket.WsConfig;
import io.sandrun.broker.http.openapi.ApiRoute;
import io.sandrun.protocol.Role;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** Adds routes, and remembers which there are. For the one thread that adds them. */
final class Roll {
    private final RoutesConfig routes;
    private final List<ApiRoute> added = new ArrayList<>();

    Roll(RoutesConfig routes) {
        this.routes = routes;
    }

    void get(String path, Handler handler, Access access) {
        note(HandlerType.GET, path, access);
        routes.get(path, handler, access);
    }

    void head(String path, Handler handler, Access access) {
        note(HandlerType.HEAD, path, access);
        routes.head(path, handler, access);
    }

    void post(String path, Handler handler, Access access) {
        note(HandlerType.POST, path, access);
        routes.post(path, handler, access);
    }

    void put(String path, Handler handler, Access access) {
        note(HandlerType.PUT, path, access);
        routes.put(path, handler, access);
    }

    void delete(String path, Handler handler, Access access) {
        note(HandlerType.DELETE, path, access);
        routes.delete(path, handler, access);
    }

    /** What is no request and answer is not in the description, and so not remembered. */
    void ws(String path, Consumer<WsConfig> socket, Access access) {
        routes.ws(path, socket, access);
    }

    void wsBeforeUpgrade(String path, Handler check) {
        routes.wsBeforeUpgrade(path, check);
    }

    /** Those of requests so far, in their order. */
    List<ApiRoute> added() {
        return List.copyOf(added);
    }

    private void note(HandlerType verb, String path, Access access) {
        Role needed = access.needed();
        added.add(new ApiRoute(verb.name(), path, needed == null ? "" : needed.wire()));
    }
}
