package io.sandrun.runtime.output;

import io.sandrun.runtime.linux.Descriptor;
import io.sandrun.runtime.linux.FileStatus;
import io.sandrun.runtime.linux.NativeBuffer;
import io.sandrun.runtime.output.LeftOut.Reason;
import java.io.IOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;

/** Reads one open file after the other into the sink, as long as there is room. One thread. */
final class FileIntake implements AutoCloseable {
    private static final int BUFFER_BYTES = 64 * 1024;
    private static final int OWNER_EXECUTES = 0100;

    private final ArtifactSink sink;
    private final OutputLimits limits;
    private final OutputCollector.Deadline deadline;
    private final NativeBuffer buffer = NativeBuffer.ofSize(BUFFER_BYTES);
    private final byte[] chunk = new byte[BUFFER_BYTES];
    private final MessageDigest digest;
    private final List<OutputFile> taken = new ArrayList<>();
    private long totalBytes;

    FileIntake(ArtifactSink sink, OutputLimits limits, OutputCollector.Deadline deadline) {
        this.sink = sink;
        this.limits = limits;
        this.deadline = deadline;
        try {
            this.digest = MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }

    List<OutputFile> taken() {
        return taken;
    }

    /** Takes the file, or says why not. */
    Optional<Reason> take(String path, Descriptor file, FileStatus status) throws IOException {
        if (taken.size() == limits.files()) {
            return Optional.of(Reason.TOO_MANY);
        }
        // Spares the reading of what says itself that it is too large; one that lies is noticed while it is read.
        Optional<Reason> refused = room(status.bytes());
        if (refused.isPresent()) {
            return refused;
        }
        digest.reset();
        try (ArtifactSink.Draft draft = sink.begin()) {
            long bytes = 0;
            for (int read = file.read(buffer); read > 0; read = file.read(buffer)) {
                bytes += read;
                refused = deadline.isOver() ? Optional.of(Reason.TIME_OVER) : room(bytes);
                if (refused.isPresent()) {
                    return refused;
                }
                buffer.copyTo(chunk, read);
                digest.update(chunk, 0, read);
                draft.write(chunk, read);
            }
            String sha256 = HexFormat.of().formatHex(digest.digest());
            var output = new OutputFile(path, bytes, sha256, (status.mode() & OWNER_EXECUTES) != 0);
            draft.keep(output);
            taken.add(output);
            totalBytes += bytes;
            return Optional.empty();
        }
    }

    private Optional<Reason> room(long bytes) {
        if (bytes > limits.fileBytes()) {
            return Optional.of(Reason.TOO_LARGE);
        }
        return bytes > limits.totalBytes() - totalBytes ? Optional.of(Reason.TOTAL_TOO_LARGE) : Optional.empty();
    }

    @Override
    public void close() {
        buffer.close();
    }
}
