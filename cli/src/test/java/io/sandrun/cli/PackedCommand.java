package io.sandrun.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.spi.ToolProvider;

/** The classes under test as jars: what Maven packs only in a later phase. */
final class PackedCommand {
    private PackedCommand() {}

    /** Puts sandrun.jar there, and beside it lib with all that it needs. */
    static void into(Path target) throws IOException {
        Path lib = Files.createDirectory(target.resolve("lib"));
        List<String> names = new ArrayList<>();
        for (String entry : System.getProperty("java.class.path").split(File.pathSeparator, -1)) {
            Path path = Path.of(entry);
            if (Files.isRegularFile(path)) {
                link(lib.resolve(path.getFileName()), path);
                names.add("lib/" + path.getFileName());
            } else if (Files.isDirectory(path) && path.endsWith("classes")) {
                String name = "module-%d.jar".formatted(names.size());
                jar("--create", "--file", lib.resolve(name).toString(), "-C", entry, ".");
                names.add("lib/" + name);
            }
        }
        Path manifest = Files.writeString(target.resolve("manifest"), manifest(names));
        jar("--create", "--file", target.resolve("sandrun.jar").toString(), "--manifest", manifest.toString());
    }

    private static void link(Path link, Path file) throws IOException {
        try {
            Files.createLink(link, file);
        } catch (IOException | UnsupportedOperationException onAnotherDisk) {
            Files.createSymbolicLink(link, file);
        }
    }

    /** Its lines have 72 bytes at most, and go on behind a space. */
    private static String manifest(List<String> names) {
        StringBuilder text = new StringBuilder("Main-Class: io.sandrun.cli.Main\nClass-Path:");
        names.forEach(name -> text.append(" \n ").append(name));
        return text.append('\n').toString();
    }

    private static void jar(String... arguments) {
        ToolProvider jar = ToolProvider.findFirst("jar").orElseThrow();
        assertThat(jar.run(System.out, System.err, arguments)).isZero();
    }
}
