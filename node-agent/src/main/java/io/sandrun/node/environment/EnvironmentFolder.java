package io.sandrun.node.environment;

import io.sandrun.runtime.environment.EnvironmentDefinition;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * Where a node's environments are declared: {@code NAME.json} for each in its data directory, {@code layers/DIGEST} for
 * the packages of those that were added, and the ready ones that come with this program. A file of one's own stands for
 * the ready one of its name. Thread-safe; whoever writes puts whole files in place.
 */
public final class EnvironmentFolder {
    /** In the order in which a person reads them. */
    private static final List<String> READY = List.of("data-science", "ml-basic", "scientific");

    private static final String ENDING = ".json";

    /** A definition of a few hundred lines; whatever is longer is none. */
    private static final int FILE_BYTES_MAX = 64 << 10;

    private final Path directory;
    private final DefinitionReader reader;

    /** @param dataDirectory of the node */
    public EnvironmentFolder(Path dataDirectory) {
        this.directory = dataDirectory.resolve("environments");
        this.reader = new DefinitionReader(this::layer);
    }

    /**
     * What is declared.
     *
     * @param definitions by name
     * @param broken what cannot be read, by the name of its file without the ending, with a sentence about it
     */
    public record Declared(Map<String, EnvironmentDefinition> definitions, Map<String, String> broken) {}

    Path directory() {
        return directory;
    }

    Path layers() {
        return directory.resolve("layers");
    }

    Path layer(String digest) {
        return layers().resolve(digest);
    }

    Path file(String name) {
        return directory.resolve(name + ENDING);
    }

    /** Whether this one comes with the program, unless there is a file of its name. */
    public boolean isReady(String name) {
        return READY.contains(name) && !Files.exists(file(name));
    }

    /**
     * Reads them all.
     *
     * @throws IOException if the directory cannot be read; one that is not there is empty
     */
    public Declared declared() throws IOException {
        Map<String, EnvironmentDefinition> definitions = new TreeMap<>();
        Map<String, String> broken = new TreeMap<>();
        for (String name : READY) {
            definitions.put(name, ready(name));
        }
        for (Path file : files()) {
            String fileName = String.valueOf(file.getFileName());
            String name = fileName.substring(0, fileName.length() - ENDING.length());
            definitions.remove(name);
            try {
                definitions.put(name, read(file, name));
            } catch (DefinitionException unreadable) {
                broken.put(name, String.valueOf(unreadable.getMessage()));
            }
        }
        return new Declared(definitions, broken);
    }

    private List<Path> files() throws IOException {
        try (Stream<Path> inside = Files.list(directory)) {
            return inside.filter(file -> file.toString().endsWith(ENDING) && Files.isRegularFile(file))
                    .sorted()
                    .toList();
        } catch (NoSuchFileException nothing) {
            return List.of();
        }
    }

    private EnvironmentDefinition read(Path file, String name) throws DefinitionException {
        byte[] json;
        try (InputStream in = Files.newInputStream(file)) {
            json = in.readNBytes(FILE_BYTES_MAX + 1);
        } catch (IOException unreadable) {
            throw new DefinitionException(file.toString(), "it cannot be read: " + unreadable.getMessage() + ".");
        }
        if (json.length > FILE_BYTES_MAX) {
            throw new DefinitionException(file.toString(), "it is longer than " + FILE_BYTES_MAX + " bytes.");
        }
        EnvironmentDefinition definition = reader.read(json, file.toString());
        if (!definition.name().equals(name)) {
            throw DefinitionException.ofField(file.toString(), "name", "that of the file, " + name);
        }
        return definition;
    }

    private EnvironmentDefinition ready(String name) {
        String resource = name + ENDING;
        try (InputStream in = EnvironmentFolder.class.getResourceAsStream(resource)) {
            if (in == null) {
                throw new IllegalStateException("this build lacks " + resource);
            }
            return reader.read(in.readAllBytes(), resource);
        } catch (IOException | DefinitionException broken) {
            throw new IllegalStateException("this build has a broken " + resource, broken);
        }
    }
}
