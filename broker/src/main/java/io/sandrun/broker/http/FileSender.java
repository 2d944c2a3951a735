package io.sandrun.broker.http;

import io.javalin.http.Context;
import io.javalin.http.HandlerType;
import io.sandrun.broker.Refusal;
import io.sandrun.broker.access.OpenCalls;
import io.sandrun.broker.artifact.Artifact;
import io.sandrun.broker.artifact.ArtifactStore;
import io.sandrun.broker.http.flow.HeldAnswer;
import io.sandrun.broker.http.flow.PaceWatch;
import io.sandrun.broker.http.flow.Transfers;
import io.sandrun.broker.http.flow.Transfers.Kind;
import io.sandrun.broker.http.flow.Wire;
import io.sandrun.protocol.ErrorCode;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Map;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends the bytes of artifacts, as they are: nothing compresses them on their way, so that lengths and ranges are those
 * of the file. Each has a thread until it is sent. Thread-safe.
 */
final class FileSender {
    private static final Logger LOG = LoggerFactory.getLogger(FileSender.class);
    private static final int PIECE_BYTES = 64 * 1024;

    private final ArtifactStore artifacts;
    private final Transfers transfers;
    private final AccessCheck access;
    private final Kind kind;

    /** @param kind how many it sends at once; whoever wants one more is told to come back */
    FileSender(ArtifactStore artifacts, Transfers transfers, AccessCheck access, Kind kind) {
        this.artifacts = artifacts;
        this.transfers = transfers;
        this.access = access;
        this.kind = kind;
    }

    /** What is sent, opened and closed by the thread that sends it. */
    interface Source extends AutoCloseable {
        /** What goes wrong is told to nobody but the log, since the answer has begun. */
        void writeTo(OutputStream out) throws IOException;

        @Override
        void close();
    }

    /** Says what follows; only of text, that it is UTF-8. */
    static void announce(Context request, String type) {
        request.contentType(type);
        if (!type.startsWith("text/")) {
            request.res().setCharacterEncoding(null);
        }
    }

    void sendWhole(Context request, Artifact artifact) {
        announce(request, "application/octet-stream");
        send(request, artifact, ByteRange.whole(artifact.sizeBytes()));
    }

    /** Sends a part of a file, after the headers that the caller has set; a {@link Refusal} if it is gone. */
    void send(Context request, Artifact artifact, ByteRange range) {
        send(request, () -> {
            InputStream from = open(artifact, range.first());
            request.res().setContentLengthLong(range.length());
            return new Part(from, range.length());
        });
    }

    /**
     * Sends what is there or made meanwhile, after the headers that the caller has set; a {@link Refusal} if too many
     * are being sent already. Who wants the headers only gets no more.
     *
     * @param opened may fail with a {@link Refusal}, which is then the answer
     */
    void send(Context request, Supplier<Source> opened) {
        request.future(() -> transfers.run(kind, request, () -> {
            try (Source source = opened.get()) {
                if (!request.method().equals(HandlerType.HEAD)) {
                    write(request, source);
                }
            }
            return null;
        }));
    }

    private InputStream open(Artifact artifact, long offset) {
        return artifacts
                .open(artifact.sha256(), offset)
                .orElseThrow(() -> new Refusal(
                        ErrorCode.UNKNOWN_FILE,
                        "This file is not kept any more.",
                        Map.of("sha256", artifact.sha256())));
    }

    /** Writes the body to the caller, past whatever would change it. */
    private void write(Context request, Source source) {
        OpenCalls.Call call = access.openAnswer(request);
        try (PaceWatch.Watched pace = HeldAnswer.pacedStream(request)) {
            OutputStream out = new PacedStream(request.res().getOutputStream(), pace);
            source.writeTo(out);
            out.close();
        } catch (IOException | RuntimeException broken) {
            LOG.debug("A download of {} broke off: {}", request.path(), broken.toString());
            Wire.cutOff(request);
        } finally {
            call.close();
        }
    }

    private record Part(InputStream from, long length) implements Source {
        @Override
        public void writeTo(OutputStream out) throws IOException {
            copy(from, length, out);
        }

        @Override
        public void close() {
            try {
                from.close();
            } catch (IOException broken) {
                LOG.warn("An artifact could not be closed: {}", broken.toString());
            }
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
