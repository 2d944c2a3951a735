package io.sandrun.runtime.attack;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;

/**
 * Unpacks as one does who believes an archive: zips by a few lines, tars by the system's tar with its safety off.
 * Shows what becomes of that. One thread, used once.
 */
final class NaiveExtractor {
    static final Path TAR = Path.of("/bin/tar");

    private final Path archive;
    private final Path target;
    private final Map<String, String> places;
    private boolean isFailed;

    /** @param directory where the archive lies, and the tree that it is unpacked into */
    NaiveExtractor(Path directory, Map<String, String> places) throws IOException {
        this.archive = directory.resolve("archive");
        this.target = Files.createDirectory(directory.resolve("unpacked"));
        this.places = places;
    }

    void unpack(byte[] bytes) throws Exception {
        if (bytes[0] == 'P' && bytes[1] == 'K') {
            unpackZip(bytes);
            return;
        }
        Files.write(archive, bytes);
        List<String> command = List.of(TAR.toString(), "-xPpf", archive.toString(), "-C", target.toString());
        Process tar = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        isFailed = tar.waitFor() != 0;
    }

    private void unpackZip(byte[] bytes) {
        try (ZipInputStream zip = new ZipInputStream(new ByteArrayInputStream(bytes))) {
            for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
                try (OutputStream file = Files.newOutputStream(target.resolve(entry.getName()))) {
                    zip.transferTo(file);
                }
            }
        } catch (IOException e) {
            isFailed = true;
        }
    }

    /**
     * Whether that archive did what attacks.txt says it tries.
     *
     * @param touches what the canaries tell
     */
    boolean hasComeToHarm(String name, List<String> touches) throws IOException {
        return switch (name) {
            case "climbing", "absolute", "zip-climbing", "through-link" ->
                touches.equals(List.of("made: " + places.get("planted")));
            case "leaving-link", "hard-link-out" -> isCanary(unpacked("leaving-link".equals(name) ? "link" : "twin"));
            case "through-inner-link" -> Files.exists(unpacked("d/planted"));
            case "device", "fifo" -> (boolean) Files.getAttribute(unpacked(name), "isOther", LinkOption.NOFOLLOW_LINKS);
            case "set-id" -> ((int) Files.getAttribute(unpacked("tool"), "unix:mode") & 06000) != 0;
            case "duplicate" -> Files.readString(unpacked("twice")).equals("two");
            case "lookalike" -> Files.exists(unpacked("name")) && Files.exists(unpacked("Name"));
            case "name-of-controls" -> count("\u001b") == 1;
            case "depth" -> Files.exists(unpacked("d/".repeat(AttackArchives.DEPTH) + "f"));
            case "entries" -> count("entry") > AttackJobs.DISK_INODES;
            case "hole" -> Files.size(unpacked("hole")) == AttackArchives.HOLE_BYTES;
            case "gzip-bomb", "zip-bomb" -> Files.size(unpacked("zeros")) > AttackJobs.DISK_BYTES;
            case "zip-lie" -> Files.size(unpacked("liar")) > AttackArchives.LIE_BYTES;
            case "zip-encrypted" -> isFailed;
            default -> throw new IllegalArgumentException("what would be the harm of " + name + "?");
        };
    }

    private Path unpacked(String name) {
        return target.resolve(name);
    }

    private boolean isCanary(Path file) throws IOException {
        return Files.readString(file, StandardCharsets.US_ASCII)
                .equals(Files.readString(Path.of(places.get("file")), StandardCharsets.US_ASCII));
    }

    private long count(String part) throws IOException {
        try (Stream<Path> files = Files.list(target)) {
            return files.filter(file -> file.getFileName().toString().contains(part))
                    .count();
        }
    }
}
