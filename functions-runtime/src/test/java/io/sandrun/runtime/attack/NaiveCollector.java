package io.sandrun.runtime.attack;

import io.sandrun.runtime.output.LeftOut.Reason;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.concurrent.TimeUnit;

/**
 * Takes files out as one does who thinks no evil: through every link, at any depth, as much as there is. Shows what
 * becomes of that. One thread, used once.
 */
final class NaiveCollector {
    private static final int HANGING_SECONDS = 1;
    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(20);

    private final Collection<String> secrets;
    private long files;
    private long bytes;
    private boolean isSecretRead;
    private boolean isNameOfControls;

    NaiveCollector(Collection<String> secrets) {
        this.secrets = secrets;
    }

    /** Whether collecting what is below that path does the harm for which things are left out with the reason. */
    boolean comesToHarm(Path out, Reason reason) throws Exception {
        return switch (reason) {
            case FIFO -> hangsAt(out);
            case SOCKET -> failsAt(out);
            case TOO_DEEP -> Files.isDirectory(out.resolve("d/".repeat(Haul.LIMITS.depth() + 1)));
            case SYMBOLIC_LINK -> take(out).isSecretRead;
            case HARD_LINK, TOTAL_TOO_LARGE -> take(out).bytes > Haul.LIMITS.totalBytes();
            case TOO_LARGE -> take(out).bytes > Haul.LIMITS.fileBytes();
            case TOO_MANY -> take(out).files > Haul.LIMITS.files();
            case TOO_MANY_NAMES -> take(out).files > Haul.LIMITS.names();
            case BAD_NAME -> take(out).isNameOfControls;
            case DEVICE, NAME_TOO_LONG, UNREADABLE, TIME_OVER ->
                throw new IllegalArgumentException("no attack leads to " + reason);
        };
    }

    private NaiveCollector take(Path path) throws IOException {
        isNameOfControls |= path.getFileName().toString().chars().anyMatch(Character::isISOControl);
        try {
            if (Files.isDirectory(path)) {
                takeAll(path);
            } else if (Files.isRegularFile(path)) {
                String content = Files.readString(path, StandardCharsets.ISO_8859_1);
                files++;
                bytes += content.length();
                isSecretRead |= secrets.stream().anyMatch(content::contains);
            }
        } catch (FileSystemException lost) {
            // A way in a circle ends where the kernel is tired of links: at times earlier than when it looked just now.
        }
        return this;
    }

    private void takeAll(Path directory) throws IOException {
        try (DirectoryStream<Path> children = Files.newDirectoryStream(directory)) {
            for (Path child : children) {
                take(child);
            }
        }
    }

    private static boolean failsAt(Path out) {
        try {
            return Files.readString(out, StandardCharsets.ISO_8859_1).isEmpty();
        } catch (IOException e) {
            return true;
        }
    }

    private static boolean hangsAt(Path out) throws Exception {
        Process reader = new ProcessBuilder("/bin/cat", out.toString()).start();
        try {
            return !reader.waitFor(HANGING_SECONDS, TimeUnit.SECONDS);
        } finally {
            reader.destroyForcibly().onExit().join();
        }
    }

    /** Looks at a directory first, and only goes on when it is no link: again and again, as whoever has many jobs. */
    boolean isDeceived(Path directory, String name) {
        long deadline = System.nanoTime() + PATIENCE_NANOS;
        while (System.nanoTime() < deadline) {
            if (!Files.isSymbolicLink(directory) && secrets.contains(text(directory.resolve(name)))) {
                return true;
            }
        }
        return false;
    }

    /** Empty for a file that is not there at this moment. */
    private static String text(Path file) {
        try {
            return Files.readString(file, StandardCharsets.ISO_8859_1);
        } catch (IOException gone) {
            return "";
        }
    }
}
