package io.sandrun.protocol.transfer;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** A form of {@code multipart/form-data}, read from its files while it is sent. For one thread, until it is sent. */
public final class MultipartForm {
    private record Part(long sizeBytes, boolean isFile, UploadFile.Content content) {}

    private final String boundary = "sandrun-" + UUID.randomUUID();
    private final List<Part> parts = new ArrayList<>();
    private volatile @Nullable IOException failure;

    public MultipartForm text(String name, String contentType, String value) {
        head("name=\"%s\"".formatted(name), contentType);
        fixed(value);
        return this;
    }

    public MultipartForm file(String name, UploadFile file) {
        String quoted = file.name().replace("\\", "\\\\").replace("\"", "\\\"");
        head("name=\"%s\"; filename=\"%s\"".formatted(name, quoted), "application/octet-stream");
        parts.add(new Part(file.sizeBytes(), true, file.content()));
        return this;
    }

    private void head(String disposition, String contentType) {
        fixed("%s--%s\r\nContent-Disposition: form-data; %s\r\nContent-Type: %s\r\n\r\n"
                .formatted(parts.isEmpty() ? "" : "\r\n", boundary, disposition, contentType));
    }

    private void fixed(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        parts.add(new Part(bytes.length, false, () -> new ByteArrayInputStream(bytes)));
    }

    public String contentType() {
        return "multipart/form-data; boundary=" + boundary;
    }

    /** The body; with its length in front if the sizes of all files are known. */
    BodyPublisher publisher(Movement movement) {
        fixed("\r\n--%s--\r\n".formatted(boundary));
        List<Part> all = List.copyOf(parts);
        BodyPublisher stream = BodyPublishers.ofInputStream(() -> new Body(all, movement));
        long length = 0;
        for (Part part : all) {
            if (part.sizeBytes < 0) {
                return stream;
            }
            length += part.sizeBytes;
        }
        return BodyPublishers.fromPublisher(stream, length);
    }

    /** What all files have in all, or -1. */
    long fileBytes() {
        boolean known = parts.stream().allMatch(part -> part.sizeBytes >= 0);
        return known
                ? parts.stream().filter(Part::isFile).mapToLong(Part::sizeBytes).sum()
                : -1;
    }

    /**
     * Tells of a file that could not be read, which the HTTP client takes for the end of the body.
     *
     * @throws IOException what its stream threw
     */
    void throwIfUnread() throws IOException {
        IOException failed = failure;
        if (failed != null) {
            throw failed;
        }
    }

    /** The parts, one after the other. */
    private final class Body extends InputStream {
        private final Iterator<Part> coming;
        private final Movement movement;
        private @Nullable Part part;
        private @Nullable InputStream current;

        Body(List<Part> parts, Movement movement) {
            this.coming = parts.iterator();
            this.movement = movement;
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] into, int offset, int length) throws IOException {
            try {
                return readPart(into, offset, length);
            } catch (IOException unread) {
                failure = unread;
                throw unread;
            }
        }

        private int readPart(byte[] into, int offset, int length) throws IOException {
            while (true) {
                if (current == null || part == null) {
                    if (!coming.hasNext()) {
                        return -1;
                    }
                    part = coming.next();
                    current = part.content.open();
                }
                int count = current.read(into, offset, length);
                if (count >= 0) {
                    movement.moved(part.isFile ? count : 0);
                    return count;
                }
                current.close();
                current = null;
            }
        }

        @Override
        public void close() throws IOException {
            if (current != null) {
                current.close();
            }
        }
    }
}
