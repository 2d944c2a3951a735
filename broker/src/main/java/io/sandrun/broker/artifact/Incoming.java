package io.sandrun.broker.artifact;

import io.sandrun.broker.Refusal;
import io.sandrun.protocol.ErrorCode;
import io.sandrun.protocol.identity.Digest;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.Map;

/**
 * An artifact on its way in: bytes go to a temporary file while their SHA-256 is computed, and {@link #keep()} gives
 * them their name. Closing it without that throws them away. For one thread.
 */
public final class Incoming extends OutputStream {
    /** One piece on its way: small against the heap, large against a system call. */
    private static final int PIECE_BYTES = 64 * 1024;

    /** How often the room on the disk is looked at. */
    private static final long LOOK_EVERY_BYTES = 16L << 20;

    private final ArtifactFiles files;
    private final Hold hold;
    private final long bytesMax;
    private final Runnable whenClosed;
    private final Path temporary;
    private final FileChannel channel;
    private final MessageDigest digest = Digest.sha256();
    private long sizeBytes;
    private long nextLookAt = LOOK_EVERY_BYTES;
    private boolean closed;

    Incoming(ArtifactFiles files, Hold hold, long bytesMax, Runnable whenClosed) throws IOException {
        this.files = files;
        this.hold = hold;
        this.bytesMax = bytesMax;
        this.whenClosed = whenClosed;
        this.temporary = files.temporary();
        this.channel = FileChannel.open(temporary, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
    }

    /** Bytes so far. */
    public long sizeBytes() {
        return sizeBytes;
    }

    /**
     * Takes everything up to the end of what the caller sends.
     *
     * @throws Refusal if it breaks off or is too large, or if the disk refuses
     */
    public void copy(InputStream from) {
        byte[] piece = new byte[PIECE_BYTES];
        while (true) {
            int count;
            try {
                count = from.read(piece);
            } catch (IOException broken) {
                throw new Refusal(ErrorCode.MALFORMED_REQUEST, "The body ended before it was whole.");
            }
            if (count < 0) {
                return;
            }
            write(piece, 0, count);
        }
    }

    @Override
    public void write(int value) {
        write(new byte[] {(byte) value}, 0, 1);
    }

    /** @throws Refusal if it is too large, or the disk refuses */
    @Override
    public void write(byte[] bytes, int offset, int length) {
        if (sizeBytes + length > bytesMax) {
            throw new Refusal(
                    ErrorCode.BODY_TOO_LARGE,
                    "The file is larger than the " + bytesMax + " bytes that may come.",
                    Map.of("limit_bytes", bytesMax));
        }
        digest.update(bytes, offset, length);
        sizeBytes += length;
        try {
            // By pieces: Java keeps memory outside the heap for the largest that a thread ever wrote.
            for (int at = offset; at < offset + length; at += PIECE_BYTES) {
                writeFully(ByteBuffer.wrap(bytes, at, Math.min(PIECE_BYTES, offset + length - at)));
            }
        } catch (IOException broken) {
            files.requireRoom();
            throw files.refused(broken);
        }
        if (sizeBytes >= nextLookAt) {
            nextLookAt = sizeBytes + LOOK_EVERY_BYTES;
            files.requireRoom();
        }
    }

    private void writeFully(ByteBuffer piece) throws IOException {
        while (piece.hasRemaining()) {
            channel.write(piece);
        }
    }

    /**
     * Makes these bytes an artifact: they are on disk under their name, and held, when this returns.
     *
     * @throws Refusal if the disk refuses
     */
    public Artifact keep() {
        return keep(new Artifact(HexFormat.of().formatHex(digest.digest()), sizeBytes));
    }

    /**
     * Likewise if they are the ones that are expected.
     *
     * @throws Refusal if they are not, or the disk refuses
     */
    public Artifact keep(String sha256) {
        Artifact artifact = new Artifact(HexFormat.of().formatHex(digest.digest()), sizeBytes);
        if (!artifact.sha256().equals(sha256)) {
            throw new Refusal(
                    ErrorCode.DIGEST_MISMATCH,
                    "These " + sizeBytes + " bytes have another SHA-256: some were lost or changed on their way.",
                    Map.of("expected", sha256, "found", artifact.sha256()));
        }
        return keep(artifact);
    }

    private Artifact keep(Artifact artifact) {
        try {
            channel.force(true);
            hold.owner().place(temporary, artifact, hold);
            return artifact;
        } catch (IOException broken) {
            throw files.refused(broken);
        } finally {
            close();
        }
    }

    /** Throws away what was not kept. A second call does nothing. */
    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        try {
            channel.close();
        } catch (IOException broken) {
            // What was not forced to the disk is thrown away anyway.
        }
        files.discard(temporary);
        whenClosed.run();
    }
}
