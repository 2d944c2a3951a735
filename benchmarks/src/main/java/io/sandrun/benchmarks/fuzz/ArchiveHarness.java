package io.sandrun.benchmarks.fuzz;

import io.sandrun.runtime.archive.ArchiveLimits;
import io.sandrun.runtime.archive.ArchiveReader;
import io.sandrun.runtime.archive.ArchiveRefusedException;
import io.sandrun.runtime.archive.ArchiveSink;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Any bytes as an archive: it is refused in a sentence, or every entry lies in the tree, once, within the limits. The
 * stream and the sink never fail, so whatever else is thrown is a finding.
 */
public final class ArchiveHarness {
    /** Small, so that inputs of a few hundred bytes meet them. */
    private static final ArchiveLimits LIMITS = new ArchiveLimits(4096, 64 << 10, 32 << 10, 16, 300, 6, 50);

    private ArchiveHarness() {}

    /** Called by the fuzzer for each input. */
    public static void fuzzerTestOneInput(byte[] input) throws IOException {
        Witness witness = new Witness();
        try {
            new ArchiveReader(LIMITS, witness).read(new ByteArrayInputStream(input));
        } catch (ArchiveRefusedException refused) {
            String sentence = String.valueOf(refused.getMessage());
            require(sentence.matches("The archive[^\\p{Cntrl}]*\\."), "not a sentence", sentence);
            require(sentence.codePoints().noneMatch(ArchiveHarness::movesText), "a sentence that moves", sentence);
        }
    }

    /** What ends a line, or is no character, or turns the direction of text: Unicode's names for it, not ours. */
    private static boolean movesText(int point) {
        int type = Character.getType(point);
        byte direction = Character.getDirectionality(point);
        return Character.isISOControl(point)
                || type == Character.LINE_SEPARATOR
                || type == Character.PARAGRAPH_SEPARATOR
                || type == Character.SURROGATE
                || (direction >= Character.DIRECTIONALITY_LEFT_TO_RIGHT_EMBEDDING
                        && direction <= Character.DIRECTIONALITY_POP_DIRECTIONAL_FORMAT)
                || (direction >= Character.DIRECTIONALITY_LEFT_TO_RIGHT_ISOLATE
                        && direction <= Character.DIRECTIONALITY_POP_DIRECTIONAL_ISOLATE);
    }

    private static void require(boolean holds, String what, String which) {
        if (!holds) {
            throw new IllegalStateException(what + ": " + which);
        }
    }

    /** Believes nothing that the reader promises its sink. */
    private static final class Witness implements ArchiveSink {
        private final Set<String> directories = new HashSet<>(Set.of(""));
        private final Set<String> others = new HashSet<>();
        private final Set<String> files = new HashSet<>();
        private String open = "";
        private long bytes;
        private long openBytes;

        private void isNew(String path) {
            List<String> parts = List.of(path.split("/", -1));
            boolean isPlain = parts.stream().noneMatch(List.of("", ".", "..")::contains);
            require(isPlain && path.indexOf('\0') < 0, "not a plain path", path);
            require(
                    path.length() <= LIMITS.pathBytes() && parts.size() - 1 <= LIMITS.depth(),
                    "too long or deep",
                    path);
            String parent = String.join("/", parts.subList(0, parts.size() - 1));
            require(directories.contains(parent), "below what is no directory", path);
            require(!directories.contains(path) && others.add(path), "made twice", path);
            require(others.size() <= LIMITS.entries(), "one too many", path);
            require(open.isEmpty(), "inside a file", path);
        }

        @Override
        public void makeDirectory(String path) {
            isNew(path);
            directories.add(path);
        }

        @Override
        public void beginFile(String path, boolean executable) {
            isNew(path);
            files.add(path);
            open = path;
            openBytes = 0;
        }

        @Override
        public void write(byte[] content, int count) {
            bytes += count;
            openBytes += count;
            require(!open.isEmpty() && count <= content.length, "bytes of no file", open);
            require(bytes <= LIMITS.totalBytes() && openBytes <= LIMITS.entryBytes(), "too many bytes", open);
        }

        @Override
        public void endFile() {
            require(!open.isEmpty(), "the end of no file", open);
            open = "";
        }

        @Override
        public void makeSymbolicLink(String path, String target) {
            isNew(path);
            int depth = path.split("/", -1).length - 1;
            require(!target.isEmpty() && !target.startsWith("/"), "a link to an absolute path", target);
            for (String part : target.split("/", -1)) {
                depth += part.equals("..") ? -1 : part.isEmpty() || part.equals(".") ? 0 : 1;
                require(depth >= 0, "a link that leaves", path + " -> " + target);
            }
        }

        @Override
        public void makeHardLink(String path, String existing) {
            require(files.contains(existing), "a hard link to what is no file", existing);
            isNew(path);
            files.add(path);
        }

        @Override
        public void makeExecutable(String path) {
            require(files.contains(path), "what is no file is made executable", path);
        }
    }
}
