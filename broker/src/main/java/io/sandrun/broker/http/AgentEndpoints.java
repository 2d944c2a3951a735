package io.sandrun.broker.http;

import io.javalin.http.Context;
import io.sandrun.broker.Refusal;
import io.sandrun.broker.access.Principal;
import io.sandrun.broker.http.flow.Peer;
import io.sandrun.broker.mcp.AgentMessage;
import io.sandrun.broker.mcp.AgentMessage.MalformedException;
import io.sandrun.broker.mcp.AgentServer;
import io.sandrun.broker.mcp.AgentSession;
import io.sandrun.broker.mcp.AgentSessions;
import io.sandrun.broker.mcp.Outlet;
import io.sandrun.broker.mcp.ToolLimits;
import io.sandrun.protocol.ErrorCode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/**
 * The tools for agents over HTTP: the streamable transport of the Model Context Protocol. A message comes in a request
 * of its own, and what answers it goes back as events of that request's answer. Nothing else is told to clients, so
 * that there is no stream to listen to: a GET is answered with 405, as the protocol has it. Thread-safe.
 */
final class AgentEndpoints implements AutoCloseable {
    private static final String SESSION = "Mcp-Session-Id";
    private static final String VERSION = "MCP-Protocol-Version";
    private static final int ACCEPTED = 202;

    /** Where nothing is answered. */
    private static final Outlet NOWHERE = new Outlet() {
        @Override
        public void send(String message) {}

        @Override
        public void end() {}
    };

    private final AgentServer server = new AgentServer(ServiceEndpoints.version());
    private final AgentSessions sessions = new AgentSessions(System::nanoTime);
    private final AgentDesk desk;

    AgentEndpoints(AgentDesk desk) {
        this.desk = desk;
    }

    void message(Context request) throws IOException {
        requireVersion(request);
        byte[] body = RequestReader.jsonBody(request, ToolLimits.MESSAGE_BYTES);
        try {
            AgentMessage message = server.read(new String(body, StandardCharsets.UTF_8));
            if (message.isInitialize()) {
                open(request, message);
            } else {
                pass(request, message);
            }
        } catch (MalformedException malformed) {
            throw new Refusal(ErrorCode.INVALID_JSON, String.valueOf(malformed.getMessage()));
        }
    }

    private void open(Context request, AgentMessage message) throws MalformedException {
        AgentServer.Opened opened = server.open(message);
        if (!sessions.add(opened.session(), owner(request))) {
            throw new Refusal(ErrorCode.RATE_LIMITED, "Too many agents have a session already: come back later.");
        }
        request.header(SESSION, opened.session().id());
        request.contentType("application/json");
        request.future(() -> opened.answer().thenAccept(request::result));
    }

    private void pass(Context request, AgentMessage message) throws IOException {
        AgentSession session =
                sessions.find(session(request), owner(request)).orElseThrow(AgentEndpoints::unknownSession);
        CallerWorkbench workbench = new CallerWorkbench(desk, AccessCheck.principal(request), Peer.of(request));
        if (!message.isRequest()) {
            session.receive(message, workbench, NOWHERE);
            request.status(ACCEPTED);
            return;
        }
        EventAnswer.begin(request, desk.access(), sink -> {
            session.receive(message, workbench, new AgentStream(sink));
            return () -> {};
        });
    }

    /** Ends a session, with all jobs that a call of it waits for. */
    CompletableFuture<Answer> end(Context request) {
        if (!sessions.end(session(request), owner(request))) {
            throw unknownSession();
        }
        return CompletableFuture.completedFuture(Answer.ok(Map.of("ended", true)));
    }

    /** What a caller without a key opened is nobody's who has one. */
    private static String owner(Context request) {
        Principal caller = AccessCheck.principal(request);
        return caller.keyId() == null ? "address " + caller.client() : "key " + caller.keyId();
    }

    private static String session(Context request) {
        String id = request.header(SESSION);
        if (id == null || id.isBlank()) {
            throw Refusal.missingField(SESSION, "the header that the answer to initialize had");
        }
        return id;
    }

    private static Refusal unknownSession() {
        return new Refusal(
                ErrorCode.UNKNOWN_SESSION, "There is no such session, or no more: begin another with initialize.");
    }

    /** A client that says none speaks an old one. */
    private static void requireVersion(Context request) {
        String version = request.header(VERSION);
        if (version != null && !AgentServer.PROTOCOL_VERSIONS.contains(version)) {
            throw Refusal.invalidField(VERSION, "one of " + String.join(", ", AgentServer.PROTOCOL_VERSIONS));
        }
    }

    /** Lets go of what is on its way, so that nothing holds the stop; the jobs go on. */
    @Override
    public void close() {
        sessions.close();
    }
}
