package io.sandrun.broker.http;

import io.javalin.http.Context;
import io.javalin.http.HandlerType;
import io.sandrun.broker.Refusal;
import io.sandrun.broker.artifact.Artifact;
import io.sandrun.broker.artifact.ArtifactStore;
import io.sandrun.broker.http.flow.HeldAnswer;
import io.sandrun.protocol.ErrorCode;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Map;
import java.util.concurrent.Semaphore;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends the bytes of artifacts, as they are: nothing compresses them on their way, so that lengths and ranges are those
 * of the file. Each holds a thread until it is sent. Thread-safe.
 */
final class FileSender {
    private static final Logger LOG = LoggerFactory.getLogger(FileSender.class);
    private static final int PIECE_BYTES = 64 * 1024;

    private final ArtifactStore artifacts;
    private final Semaphore sending;

    /** @param atOnce how many it sends at once; whoever wants one more is told to come back */
    FileSender(ArtifactStore artifacts, int atOnce) {
        this.artifacts = artifacts;
        this.sending = new Semaphore(atOnce);
    }

    /** Writes a body; what goes wrong is told to nobody but the log, since the answer has begun. */
    @FunctionalInterface
    interface Body {
        void writeTo(OutputStream out) throws IOException;
    }

    /** Says what follows; only of text, that it is UTF-8. */
    static void announce(Context request, String type) {
        request.contentType(type);
        if (!type.startsWith("text/")) {
            request.res().setCharacterEncoding(null);
        }
    }

    /** @throws Refusal if too many are being sent already, or it is gone */
    void sendWhole(Context request, Artifact artifact) {
        announce(request, "application/octet-stream");
        send(request, artifact, ByteRange.whole(artifact.sizeBytes()));
    }

    /** Sends a part of a file, after the headers that the caller has set. */
    void send(Context request, Artifact artifact, ByteRange range) {
        enter();
        try (InputStream from = open(artifact, range.first())) {
            request.res().setContentLengthLong(range.length());
            write(request, out -> copy(from, range.length(), out));
        } catch (IOException broken) {
            LOG.warn("An artifact could not be closed: {}", broken.toString());
        } finally {
            sending.release();
        }
    }

    /**
     * Sends what is made while it is sent, after the headers that the caller has set. Its length is not known before.
     *
     * @throws Refusal if too many are being sent already
     */
    void sendMade(Context request, Body body) {
        enter();
        try {
            write(request, body);
        } finally {
            sending.release();
        }
    }

    private void enter() {
        if (!sending.tryAcquire()) {
            throw new Refusal(ErrorCode.RATE_LIMITED, "Too many files are being sent already: come back later.");
        }
    }

    private InputStream open(Artifact artifact, long offset) {
        return artifacts
                .open(artifact.sha256(), offset)
                .orElseThrow(() -> new Refusal(
                        ErrorCode.UNKNOWN_FILE,
                        "This file is not kept any more.",
                        Map.of("sha256", artifact.sha256())));
    }

    /** Writes the body to the caller, past whatever would change it; not to one who wants the headers only. */
    private static void write(Context request, Body body) {
        if (request.method().equals(HandlerType.HEAD)) {
            return;
        }
        HeldAnswer.stream(request);
        try {
            OutputStream out = new PacedStream(request.res().getOutputStream());
            body.writeTo(out);
            out.close();
        } catch (IOException | RuntimeException broken) {
            LOG.debug("A download of {} broke off: {}", request.path(), broken.toString());
            Connections.cutOff(request);
        }
    }

    private static void copy(InputStream from, long length, OutputStream out) throws IOException {
        byte[] piece = new byte[(int) Math.min(PIECE_BYTES, Math.max(length, 1))];
        long sent = 0;
        while (sent < length) {
            int count = from.read(piece, 0, (int) Math.min(piece.length, length - sent));
            if (count < 0) {
                throw new IOException("the file ends after " + sent + " of " + length + " bytes");
            }
            out.write(piece, 0, count);
            sent += count;
        }
    }
}
