package io.sandrun.broker.http;

import io.sandrun.broker.Refusal;
import io.sandrun.broker.project.PartSink;
import io.sandrun.protocol.ErrorCode;
import io.sandrun.protocol.Limits;
import io.sandrun.runtime.name.GuestName;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Takes multipart/form-data apart while it comes (RFC 2046, RFC 7578).
 *
 * <p>Theory of operation: a part ends before CRLF, two dashes and the boundary. A boundary has no CR, so that this can
 * only begin at a CR, and each byte is looked at about once. What may still become the end of a part stays in the
 * buffer; the rest is passed on. In front of the body a CRLF is made up, so that its first boundary is like the others.
 *
 * <p>It is ours because the ready ones did not do: Jetty's parser, up to 12.1.13, adds bytes to parts that begin with
 * a dash when they come in small pieces, and that of Commons FileUpload was clearly slower. For one thread.
 */
final class MultipartReader {
    private static final byte[] LINE_END = {'\r', '\n'};
    private static final String DISPOSITION = "content-disposition";
    private static final int BUFFER_BYTES = 64 * 1024;

    /** Blanks that may stand between a boundary and the end of its line. */
    private static final int PADDING_BYTES = 16;

    /** The parts that are no files: the manifest, and room for what is refused by its name. */
    private static final int OTHER_PARTS = 8;

    private final InputStream in;
    private final byte[] delimiter;
    private final byte[] buffer = new byte[BUFFER_BYTES];
    private int from;
    private int to;
    private boolean isAtEnd;
    private int parts;
    private String shown = "";

    /** @param in each failure to read is the sender's: the body broke off */
    MultipartReader(InputStream in, String boundary) {
        this.in = in;
        this.delimiter = ("\r\n--" + boundary).getBytes(StandardCharsets.ISO_8859_1);
        System.arraycopy(LINE_END, 0, buffer, 0, LINE_END.length);
        to = LINE_END.length;
    }

    /**
     * Passes on all parts.
     *
     * @throws Refusal if this is no such body, has too many parts or too large headers, or the sink refuses a part
     */
    void read(PartSink sink) {
        passContent(null);
        while (beginsPart()) {
            Disposition disposition = headers();
            String fileName = disposition.fileName();
            shown = " (" + GuestName.show(disposition.name() + (fileName == null ? "" : ", " + fileName)) + ")";
            sink.begin(disposition.name(), fileName);
            passContent(sink);
            sink.end();
        }
    }

    /** After a delimiter: goes to the headers of the next part, if there is one. */
    private boolean beginsPart() {
        if (isClosing(from)) {
            return false;
        }
        readLine(PADDING_BYTES);
        parts++;
        shown = "";
        if (parts > Limits.UPLOAD_FILES + OTHER_PARTS) {
            throw refused("is one too many: pack the files into one archive");
        }
        return true;
    }

    private Disposition headers() {
        String disposition = null;
        int left = Limits.PART_HEADER_BYTES;
        for (byte[] line = readLine(left); line.length > 0; line = readLine(left)) {
            left -= line.length + LINE_END.length;
            if (left < 0) {
                throw headersTooLarge();
            }
            String text = GuestName.decode(line).orElseThrow(() -> refused("has a header that is not UTF-8"));
            int colon = text.indexOf(':');
            if (colon <= 0 || text.charAt(0) <= ' ') {
                throw refused("has a line before its content that is no header");
            }
            if (text.substring(0, colon).strip().equalsIgnoreCase(DISPOSITION)) {
                if (disposition != null) {
                    throw refused("has two headers Content-Disposition");
                }
                disposition = text.substring(colon + 1).strip();
            }
        }
        if (disposition == null) {
            throw refused("has no header Content-Disposition, which gives its name");
        }
        stepBackToDelimiter();
        return Disposition.parse(disposition);
    }

    /** A part may end with its headers: then the empty line after them is part of the delimiter. */
    private void stepBackToDelimiter() {
        from -= LINE_END.length;
        while (to - from < lookAhead() && fill()) {
            // Until there is enough to see.
        }
        if (!isDelimiter(from)) {
            from += LINE_END.length;
        }
    }

    /** Takes a line without its end, which must come within so many bytes. */
    private byte[] readLine(int bytesMax) {
        int at = from;
        while (true) {
            for (; at + 1 < to; at++) {
                if (buffer[at] == '\r' && buffer[at + 1] == '\n') {
                    byte[] line = Arrays.copyOfRange(buffer, from, at);
                    from = at + LINE_END.length;
                    return line;
                }
            }
            if (to - from > bytesMax + LINE_END.length) {
                throw headersTooLarge();
            }
            int read = at - from;
            if (!fill()) {
                throw notWhole();
            }
            at = from + read;
        }
    }

    /** Passes on what comes before the next delimiter, and goes behind that. */
    private void passContent(@Nullable PartSink sink) {
        while (true) {
            int end = findDelimiter();
            boolean isFound = end < to && isDelimiter(end);
            if (sink != null && end > from) {
                sink.content(buffer, from, end - from);
            }
            from = end;
            if (isFound) {
                from += delimiter.length;
                return;
            }
            if (!fill() && from == to) {
                throw notWhole();
            }
        }
    }

    /** @return where a delimiter begins, or where what is not seen in full yet might be one */
    private int findDelimiter() {
        // At the end of the body there is nothing to wait for.
        int seen = isAtEnd ? to : to - lookAhead();
        int at = from;
        for (; at < seen; at++) {
            if (buffer[at] == '\r' && isDelimiter(at)) {
                return at;
            }
        }
        return at;
    }

    private int lookAhead() {
        return delimiter.length + PADDING_BYTES + LINE_END.length;
    }

    private boolean isDelimiter(int at) {
        int behind = at + delimiter.length;
        if (behind > to || !Arrays.equals(buffer, at, behind, delimiter, 0, delimiter.length)) {
            return false;
        }
        int next = behind;
        while (next < to && next - behind < PADDING_BYTES && (buffer[next] == ' ' || buffer[next] == '\t')) {
            next++;
        }
        return isClosing(behind) || (next + 1 < to && buffer[next] == '\r' && buffer[next + 1] == '\n');
    }

    private boolean isClosing(int behind) {
        return behind + 1 < to && buffer[behind] == '-' && buffer[behind + 1] == '-';
    }

    /** Reads more behind what is there; answers whether anything came. */
    private boolean fill() {
        if (isAtEnd) {
            return false;
        }
        System.arraycopy(buffer, from, buffer, 0, to - from);
        to -= from;
        from = 0;
        try {
            int count = in.read(buffer, to, buffer.length - to);
            isAtEnd = count < 0;
            to += Math.max(0, count);
            return true;
        } catch (IOException brokenOff) {
            throw notWhole();
        }
    }

    private Refusal notWhole() {
        return refused("is not whole: the upload broke off, or the closing boundary is missing");
    }

    private Refusal headersTooLarge() {
        return refused("has headers of more than " + Limits.PART_HEADER_BYTES + " bytes");
    }

    private Refusal refused(String why) {
        String what =
                parts == 0 ? "The multipart/form-data " : "Part " + parts + shown + " of the multipart/form-data ";
        return new Refusal(ErrorCode.INVALID_MULTIPART, what + why + ".", Map.of("part", parts));
    }
}
