package io.sandrun.node.environment;

import io.sandrun.protocol.EnvironmentName;
import io.sandrun.protocol.Json;
import io.sandrun.runtime.environment.EnvironmentDefinition;
import io.sandrun.runtime.layer.Trees;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
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

    /** What is younger may be about to be declared. */
    private static final Duration BUILD_TIME_MAX = Duration.ofHours(2);

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

    /** Declares an environment for this and every later start of the node; one of that name is replaced. */
    void declare(EnvironmentDefinition definition) throws IOException {
        Map<String, Object> text = new LinkedHashMap<>();
        text.put("name", definition.name());
        text.put("interpreter", definition.language());
        text.put("executable", definition.executable());
        text.put("packages", definition.packages());
        text.put("preload", definition.preload());
        Path layer = definition.layer();
        text.put("layer", layer == null ? null : String.valueOf(layer.getFileName()));
        text.values().removeIf(Objects::isNull);
        text.computeIfPresent("executable", (field, path) -> path.toString());
        Path beside = Files.createTempFile(Files.createDirectories(directory), "new-", ".tmp");
        Files.write(beside, Json.MAPPER.writerWithDefaultPrettyPrinter().writeValueAsBytes(text));
        Files.move(beside, file(definition.name()), StandardCopyOption.ATOMIC_MOVE);
    }

    /**
     * Takes a declaration away; its layer goes when nobody refers to it and the node starts the next time.
     *
     * @return false if there is none of that name
     */
    public boolean remove(String name) throws IOException {
        return EnvironmentName.isValid(name) && Files.deleteIfExists(file(name));
    }

    /** Removes layers that nobody refers to. Only while no job runs: it might use one that was removed. */
    public void removeUnusedLayers(Clock clock) throws IOException {
        Declared declared = declared();
        if (!declared.broken().isEmpty() || !Files.isDirectory(layers())) {
            return; // Who knows what a file refers to that cannot be read.
        }
        Set<Path> used = new HashSet<>();
        declared.definitions().values().forEach(definition -> used.add(definition.layer()));
        Instant unfinishedSince = clock.instant().minus(BUILD_TIME_MAX);
        try (DirectoryStream<Path> all = Files.newDirectoryStream(layers())) {
            for (Path layer : all) {
                if (!used.contains(layer)
                        && Files.getLastModifiedTime(layer).toInstant().isBefore(unfinishedSince)) {
                    Trees.remove(layer);
                }
            }
        }
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
