package io.sandrun.node.artifact;

import io.sandrun.protocol.ByteSink;
import io.sandrun.protocol.identity.Digest;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/** An artifact that is being written to a file, and compared with its name meanwhile. One thread at a time. */
final class IncomingArtifact implements ByteSink, AutoCloseable {
    private final String sha256;
    private final long sizeBytes;
    private final FileChannel file;
    private final MessageDigest digest = Digest.sha256();
    private long receivedBytes;
    private volatile boolean wrong;
    private volatile @Nullable IOException diskFault;

    IncomingArtifact(Path path, String sha256, long sizeBytes) throws IOException {
        this.sha256 = sha256;
        this.sizeBytes = sizeBytes;
        this.file = FileChannel.open(
                path, StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING, StandardOpenOption.WRITE);
    }

    @Override
    public void take(ByteBuffer bytes) throws IOException {
        receivedBytes += bytes.remaining();
        if (receivedBytes > sizeBytes) {
            wrong = true;
            throw new IOException("more than the %d bytes of artifact %s came".formatted(sizeBytes, sha256));
        }
        digest.update(bytes.duplicate());
        try {
            while (bytes.hasRemaining()) {
                file.write(bytes);
            }
        } catch (IOException refused) {
            diskFault = refused;
            throw refused;
        }
    }

    /** Whether all of it came, and was not what it should be. */
    boolean isWrong() {
        return wrong;
    }

    /** Why this node's disk did not take it; null if that was not the trouble. */
    @Nullable
    IOException diskFault() {
        return diskFault;
    }

    /**
     * All of it has come.
     *
     * @throws IOException if it is not what it should be
     */
    void finish() throws IOException {
        wrong = receivedBytes != sizeBytes
                || !HexFormat.of().formatHex(digest.digest()).equals(sha256);
        if (wrong) {
            throw new IOException("%d bytes came that are not artifact %s".formatted(receivedBytes, sha256));
        }
    }

    @Override
    public void close() throws IOException {
        file.close();
    }
}
