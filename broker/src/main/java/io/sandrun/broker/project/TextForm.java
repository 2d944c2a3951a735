package io.sandrun.broker.project;

import io.sandrun.broker.Refusal;
import io.sandrun.broker.artifact.Incoming;
import io.sandrun.protocol.ErrorCode;
import io.sandrun.protocol.Limits;
import io.sandrun.runtime.name.GuestName;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Files as text, the way some older clients send them under the name of an archive:
 *
 * <pre>
 * ----Tar                      ----TarBoundary1700000000000     one block for each file,
 * Path: main.py                Path: src/a.py                   each ended by a line end
 * Size: 12                     Size: 5                          and this first line again
 *
 * all the rest is the file     TEXT
 * </pre>
 *
 * The sizes are not believed: some count characters and some bytes. For one thread.
 */
final class TextForm {
    static final byte[] MARK = "----Tar".getBytes(StandardCharsets.US_ASCII);

    private static final String SEVERAL = "----TarBoundary";
    private static final String ONE = "----Tar";
    private static final String PATH = "Path:";
    private static final int LINE_BYTES = 2 * Limits.PATH_BYTES;

    private final Upload upload;
    private final String shown;
    private final ByteArrayOutputStream line = new ByteArrayOutputStream();
    private @Nullable String firstLine;
    private @Nullable String path;
    private @Nullable Incoming file;
    private @Nullable Delimiter delimiter;

    /** @param shown what a refusal calls the part */
    TextForm(Upload upload, String shown) {
        this.upload = upload;
        this.shown = shown;
    }

    void content(byte[] bytes, int offset, int count) {
        int at = offset;
        int end = offset + count;
        while (at < end) {
            at = file == null ? readLine(bytes, at, end) : readFile(file, bytes, at, end);
        }
    }

    private int readLine(byte[] bytes, int from, int end) {
        for (int at = from; at < end; at++) {
            if (bytes[at] == '\n') {
                String text = GuestName.decode(line.toByteArray())
                        .orElseThrow(() -> refused("has a line before a file that is not UTF-8"));
                line.reset();
                header(text.stripTrailing());
                return at + 1;
            }
            if (line.size() >= LINE_BYTES) {
                throw refused("has a line before a file that is too long");
            }
            line.write(bytes[at]);
        }
        return end;
    }

    private void header(String text) {
        if (firstLine == null) {
            begin(text);
        } else if (text.startsWith(PATH)) {
            path = upload.path(text.substring(PATH.length()).strip());
        } else if (text.isEmpty()) {
            if (path == null) {
                throw refused("has a file without a line \"" + PATH + " NAME\" before it");
            }
            file = upload.receive();
        }
    }

    private void begin(String text) {
        if (!text.equals(ONE) && !text.startsWith(SEVERAL)) {
            throw refused("begins like a text form and is none");
        }
        firstLine = text;
        // What follows the first line of the next block tells it from a line of the file that looks like it.
        delimiter = text.equals(ONE) ? null : new Delimiter("\n" + text + "\n" + PATH);
    }

    /** @return where the next line begins, if the file ends here */
    private int readFile(Incoming into, byte[] bytes, int from, int end) {
        if (delimiter == null) {
            into.write(bytes, from, end - from);
            return end;
        }
        int next = delimiter.pass(bytes, from, end, into);
        if (delimiter.isFound()) {
            keep(into);
            delimiter.restart();
            line.writeBytes(PATH.getBytes(StandardCharsets.US_ASCII));
        }
        return next;
    }

    private void keep(Incoming done) {
        upload.keep(done, path, path == null ? shown : path);
        file = null;
        path = null;
    }

    void end() {
        if (file == null) {
            throw refused("ends before a file of it begins");
        }
        if (delimiter != null) {
            delimiter.passRest(file);
        }
        keep(file);
    }

    void abandon() {
        if (file != null) {
            file.close();
        }
    }

    private Refusal refused(String why) {
        return new Refusal(
                ErrorCode.INVALID_ARCHIVE,
                "The text form '" + shown + "' " + why + ": send the files as parts or as a tar.gz.",
                Map.of("field", Upload.FILES, "file", shown));
    }
}
