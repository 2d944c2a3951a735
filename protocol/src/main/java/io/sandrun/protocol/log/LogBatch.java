package io.sandrun.protocol.log;

import io.sandrun.protocol.Limits;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;

/** What a node sends of its logs in one request: something of each of several attempts. */
public record LogBatch(List<Part> parts) {
    /**
     * The next pieces of one attempt's log.
     *
     * @param offset bytes of the log that come before them
     * @param frames {@link LogFrame}s with their bytes
     */
    @SuppressWarnings("ArrayRecordComponent") // bytes on their way from one place to the next; nobody compares them
    public record Part(String jobId, String leaseId, long offset, byte[] frames) {}

    public LogBatch {
        parts = List.copyOf(parts);
    }

    public byte[] bytes() {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (DataOutputStream out = new DataOutputStream(bytes)) {
            for (Part part : parts) {
                out.writeUTF(part.jobId);
                out.writeUTF(part.leaseId);
                out.writeLong(part.offset);
                out.writeInt(part.frames.length);
                out.write(part.frames);
            }
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
        return bytes.toByteArray();
    }

    /** @throws IOException if this is no batch of at most {@link Limits#LOG_BATCH_PARTS} parts */
    public static LogBatch read(byte[] bytes) throws IOException {
        List<Part> parts = new ArrayList<>();
        try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes))) {
            while (in.available() > 0) {
                if (parts.size() == Limits.LOG_BATCH_PARTS) {
                    throw new IOException("more than %d parts".formatted(Limits.LOG_BATCH_PARTS));
                }
                String jobId = in.readUTF();
                String leaseId = in.readUTF();
                long offset = in.readLong();
                int length = in.readInt();
                if (offset < 0 || length < 0 || length > in.available()) {
                    throw new IOException("a part of %d bytes at %d".formatted(length, offset));
                }
                parts.add(new Part(jobId, leaseId, offset, in.readNBytes(length)));
            }
        }
        return new LogBatch(parts);
    }
}
