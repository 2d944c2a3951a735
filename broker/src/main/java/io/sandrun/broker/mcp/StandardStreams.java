package io.sandrun.broker.mcp;

import io.modelcontextprotocol.spec.McpSchema.ErrorCodes;
import io.sandrun.broker.mcp.AgentMessage.MalformedException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Serves one client over a pair of streams, one message a line, until there are no more. A line that is no message is
 * answered with an error and ends nothing. For one thread.
 */
public final class StandardStreams {
    private final AgentServer server;
    private final Workbench workbench;
    private final InputStream in;
    private final OutputStream out;
    private @Nullable AgentSession session;

    /** @param in is read piece by piece: best buffered */
    public StandardStreams(AgentServer server, Workbench workbench, InputStream in, OutputStream out) {
        this.server = server;
        this.workbench = workbench;
        this.in = in;
        this.out = out;
    }

    /** Returns when the client has closed its side; what it waits for is called off then. */
    public void serve() throws IOException {
        try {
            for (byte[] line = line(); line != null; line = line()) {
                String text = new String(line, StandardCharsets.UTF_8).strip();
                if (line.length > ToolLimits.MESSAGE_BYTES) {
                    send(Wire.error(null, ErrorCodes.INVALID_REQUEST, "The message is too large."));
                } else if (!text.isEmpty()) {
                    take(text);
                }
            }
        } finally {
            if (session != null) {
                session.end();
            }
        }
    }

    private void take(String text) {
        try {
            AgentMessage message = server.read(text);
            if (message.isInitialize()) {
                open(message);
            } else if (session != null) {
                session.receive(message, workbench, new Line());
            } else if (message.isRequest()) {
                throw new MalformedException("A session begins with an initialize request.");
            }
        } catch (MalformedException malformed) {
            send(Wire.error(null, ErrorCodes.PARSE_ERROR, String.valueOf(malformed.getMessage())));
        }
    }

    private void open(AgentMessage initialize) throws MalformedException {
        if (session != null) {
            throw new MalformedException("This session is open already.");
        }
        AgentServer.Opened opened = server.open(initialize);
        session = opened.session();
        send(opened.answer().join());
    }

    /** All answers go out where they come from; each is whole before the next. */
    private final class Line implements Outlet {
        @Override
        public void send(String message) {
            StandardStreams.this.send(message);
        }

        @Override
        public void end() {
            // The stream is everybody's.
        }
    }

    private void send(String message) {
        byte[] line = (message + "\n").getBytes(StandardCharsets.UTF_8);
        synchronized (out) {
            try {
                out.write(line);
                out.flush();
            } catch (IOException gone) {
                // Nobody listens; the end of the input follows.
            }
        }
    }

    /** The next line, cut a little beyond what is allowed; null at the end. */
    private byte @Nullable [] line() throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        int next = in.read();
        if (next < 0) {
            return null;
        }
        while (next >= 0 && next != '\n') {
            if (line.size() <= ToolLimits.MESSAGE_BYTES) {
                line.write(next);
            }
            next = in.read();
        }
        return line.toByteArray();
    }
}
