package io.sandrun.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/** The files that a reader of the tutorial has written before typing its commands. */
final class TutorialFiles {
    private static final Path HOME = Path.of("src", "test", "resources", "io", "sandrun", "cli", "tutorial");

    private TutorialFiles() {}

    static Path of(String name) {
        return HOME.resolve(name).toAbsolutePath();
    }

    static void copyTo(Path folder) throws IOException {
        try (Stream<Path> all = Files.walk(HOME)) {
            for (Path source : all.toList()) {
                Path target = folder.resolve(HOME.relativize(source).toString());
                if (Files.isDirectory(source)) {
                    Files.createDirectories(target);
                } else {
                    Files.copy(source, target);
                }
            }
        }
    }
}
