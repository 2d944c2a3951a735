package io.sandrun.broker.job;

import io.sandrun.protocol.log.LogReport.Piece;
import io.sandrun.protocol.log.LogStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** In which order the streams of a result were printed, as a few bytes beside them. */
public final class LogOrder {
    private static final int PIECE_BYTES = 1 + Integer.BYTES + Integer.BYTES;

    private LogOrder() {}

    /** Null for no order, as it is of a program that printed on one stream only. */
    static byte @Nullable [] written(List<Piece> pieces) {
        if (pieces.isEmpty()) {
            return null;
        }
        ByteBuffer bytes = ByteBuffer.allocate(pieces.size() * PIECE_BYTES);
        for (Piece piece : pieces) {
            bytes.put((byte) piece.stream().code()).putInt(piece.timeMs()).putInt(piece.length());
        }
        return bytes.array();
    }

    public static List<Piece> read(byte @Nullable [] written) {
        List<Piece> pieces = new ArrayList<>();
        ByteBuffer bytes = ByteBuffer.wrap(written == null ? new byte[0] : written);
        while (bytes.remaining() >= PIECE_BYTES) {
            LogStream stream = LogStream.ofCode(bytes.get()).orElseThrow();
            pieces.add(new Piece(stream, bytes.getInt(), bytes.getInt()));
        }
        return pieces;
    }
}
