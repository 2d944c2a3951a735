package io.sandrun.runtime.environment;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Names a tree of packages by what is in it: paths, contents, whether a file is a program, and where links lead. Times
 * and owners make no difference, and neither do the files into which Python compiles others.
 *
 * @param hex 64 lower-case digits
 * @param bytes of all files
 */
public record LayerDigest(String hex, long bytes) {
    private static final String COMPILED = "__pycache__";
    private static final int BUFFER_BYTES = 64 << 10;

    /**
     * Reads the whole tree and follows no link.
     *
     * @throws IOException if it cannot be read, or has something else than files, directories and links
     */
    public static LayerDigest of(Path tree) throws IOException {
        Reader reader = new Reader(tree);
        Files.walkFileTree(tree, reader);
        MessageDigest sum = EnvironmentDigest.sha256();
        reader.entries.forEach(
                (path, entry) -> sum.update((path + '\0' + entry + '\0').getBytes(StandardCharsets.UTF_8)));
        return new LayerDigest(HexFormat.of().formatHex(sum.digest()), reader.bytes);
    }

    /** Collects a line for each file, by its path. */
    private static final class Reader extends SimpleFileVisitor<Path> {
        private final Path tree;
        private final SortedMap<String, String> entries = new TreeMap<>();
        private final byte[] buffer = new byte[BUFFER_BYTES];
        private long bytes;

        Reader(Path tree) {
            this.tree = tree;
        }

        @Override
        public FileVisitResult preVisitDirectory(Path directory, BasicFileAttributes found) {
            return directory.endsWith(COMPILED) ? FileVisitResult.SKIP_SUBTREE : FileVisitResult.CONTINUE;
        }

        @Override
        public FileVisitResult visitFile(Path file, BasicFileAttributes found) throws IOException {
            String path = tree.relativize(file).toString();
            if (found.isSymbolicLink()) {
                entries.put(path, "link " + Files.readSymbolicLink(file));
            } else if (found.isRegularFile()) {
                entries.put(path, (Files.isExecutable(file) ? "program " : "file ") + contentOf(file));
                bytes += found.size();
            } else {
                throw new IOException(path + " is no file, directory or link");
            }
            return FileVisitResult.CONTINUE;
        }

        private String contentOf(Path file) throws IOException {
            MessageDigest sum = EnvironmentDigest.sha256();
            try (InputStream in = Files.newInputStream(file)) {
                for (int read = in.read(buffer); read > 0; read = in.read(buffer)) {
                    sum.update(buffer, 0, read);
                }
            }
            return HexFormat.of().formatHex(sum.digest());
        }
    }
}
