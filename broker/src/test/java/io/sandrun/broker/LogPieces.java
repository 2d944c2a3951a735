package io.sandrun.broker;

import io.sandrun.protocol.log.LogFrame;
import io.sandrun.protocol.log.LogStream;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** Pieces of a log as a node sends them. */
final class LogPieces {
    private LogPieces() {}

    /** @param pieces {@code out:text} or {@code err:text} or {@code install:text} */
    static byte[] of(String... pieces) {
        ByteArrayOutputStream frames = new ByteArrayOutputStream();
        for (String piece : pieces) {
            int colon = piece.indexOf(':');
            LogStream stream = switch (piece.substring(0, colon)) {
                case "out" -> LogStream.STDOUT;
                case "err" -> LogStream.STDERR;
                default -> LogStream.INSTALL;
            };
            frames.writeBytes(of(stream, 0, piece.substring(colon + 1).getBytes(StandardCharsets.UTF_8)));
        }
        return frames.toByteArray();
    }

    static byte[] of(LogStream stream, int timeMs, byte[] bytes) {
        LogFrame head = new LogFrame(stream, timeMs, bytes.length);
        ByteBuffer frame = ByteBuffer.allocate(head.size());
        head.putHead(frame);
        return frame.put(bytes).array();
    }
}
