package io.sandrun.runtime.install;

import io.sandrun.runtime.HostCopy;
import io.sandrun.runtime.InputFile;
import io.sandrun.runtime.Inputs;
import io.sandrun.runtime.archive.ArchiveReader;
import io.sandrun.runtime.archive.ArchiveSink;
import io.sandrun.runtime.archive.ArchiveSource;
import io.sandrun.runtime.archive.SelectedEntries;
import io.sandrun.runtime.archive.Selection;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Looks at some files of a project without unpacking it: reads them, or tells what they are by their digests. One
 * thread; each call reads the archives once.
 */
final class Survey {
    /** Of one file that lists requirements, and of all of them. */
    private static final int TEXT_BYTES = 1 << 20;

    private static final int BUFFER_BYTES = 64 * 1024;

    private final Inputs project;

    Survey(Inputs project) {
        this.project = project;
    }

    /** The content of those of the paths that are files, by path. */
    Map<String, byte[]> read(Selection selection) throws IOException, RequirementsException {
        Map<String, byte[]> contents = new TreeMap<>();
        TextSink sink = new TextSink(contents);
        goThrough(selection, sink);
        if (sink.tooLarge != null) {
            throw new RequirementsException(
                    "The requirements file '" + sink.tooLarge + "' is larger than " + TEXT_BYTES + " bytes.");
        }
        return contents;
    }

    /**
     * One line for each selected entry, in the order of their paths: what it is, with the digest of its content. Fields
     * are separated by tabs, which no name has.
     */
    String describe(Selection selection) throws IOException {
        Map<String, String> lines = new TreeMap<>();
        goThrough(selection, new DigestSink(lines));
        return lines.isEmpty() ? "" : String.join("\n", lines.values()) + "\n";
    }

    private void goThrough(Selection selection, ArchiveSink sink) throws IOException {
        ArchiveSink selected = new SelectedEntries(selection, sink);
        ArchiveReader reader = new ArchiveReader(project.archiveLimits(), selected);
        for (ArchiveSource archive : project.archives()) {
            try (InputStream stream = archive.open()) {
                reader.read(stream);
            }
        }
        for (InputFile file : project.files()) {
            selected.beginFile(file.path(), file.executable());
            for (int offset = 0; offset < file.content().length; offset += BUFFER_BYTES) {
                int count = Math.min(BUFFER_BYTES, file.content().length - offset);
                byte[] chunk = new byte[count];
                System.arraycopy(file.content(), offset, chunk, 0, count);
                selected.write(chunk, count);
            }
            selected.endFile();
        }
        for (HostCopy copy : project.copies()) {
            if (selection.takes(copy.path())) {
                goThrough(copy, sink);
            }
        }
    }

    private static void goThrough(HostCopy copy, ArchiveSink sink) throws IOException {
        byte[] chunk = new byte[BUFFER_BYTES];
        sink.beginFile(copy.path(), false);
        try (InputStream stream = Files.newInputStream(copy.source())) {
            for (int read = stream.read(chunk); read >= 0; read = stream.read(chunk)) {
                sink.write(chunk, read);
            }
        }
        sink.endFile();
    }

    static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }

    private static final class TextSink implements ArchiveSink {
        private final Map<String, byte[]> contents;
        private final ByteArrayOutputStream content = new ByteArrayOutputStream();
        private String path = "";
        private @Nullable String tooLarge;

        TextSink(Map<String, byte[]> contents) {
            this.contents = contents;
        }

        @Override
        public void beginFile(String begun, boolean executable) {
            path = begun;
            content.reset();
        }

        @Override
        public void write(byte[] bytes, int count) {
            if (content.size() + count > TEXT_BYTES) {
                tooLarge = path;
            } else {
                content.write(bytes, 0, count);
            }
        }

        @Override
        public void endFile() {
            contents.put(path, content.toByteArray());
        }
    }

    private static final class DigestSink implements ArchiveSink {
        private final Map<String, String> lines;
        private final MessageDigest digest = sha256();
        private String path = "";
        private boolean isExecutable;

        DigestSink(Map<String, String> lines) {
            this.lines = lines;
        }

        @Override
        public void makeDirectory(String made) {
            lines.put(made, "directory\t" + made);
        }

        @Override
        public void beginFile(String begun, boolean executable) {
            path = begun;
            isExecutable = executable;
            digest.reset();
        }

        @Override
        public void write(byte[] bytes, int count) {
            digest.update(bytes, 0, count);
        }

        @Override
        public void endFile() {
            String sha256 = HexFormat.of().formatHex(digest.digest());
            lines.put(path, "file\t" + path + "\t" + sha256 + (isExecutable ? "\texecutable" : ""));
        }

        @Override
        public void makeSymbolicLink(String made, String target) {
            lines.put(made, "link\t" + made + "\t" + target);
        }

        @Override
        public void makeHardLink(String made, String existing) {
            lines.put(made, "name\t" + made + "\t" + existing);
        }

        @Override
        public void makeExecutable(String made) {
            lines.computeIfPresent(made, (path, line) -> line + "\texecutable");
        }
    }
}
