package io.sandrun.runtime.layer;

import io.sandrun.runtime.linux.DirectoryDescriptor;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/**
 * The directory of the layers. One is a directory KEY.NUMBER with {@code tree}, {@code bytes} (its size; the file's
 * time is when it was made) and {@code used} (whose time is when it was used last). Every other name is unfinished,
 * and so is a layer without {@code bytes}, which is the first to go. Thread-safe for different layers.
 */
final class LayerFiles {
    private static final System.Logger LOG = System.getLogger(LayerFiles.class.getName());
    private static final Pattern KEY = Pattern.compile("[0-9a-f]{64}");
    private static final int KEY_CHARACTERS = 64;
    private static final String BYTES = "bytes";
    private static final String USED = "used";
    private static final String BUILDING = "building-";

    private final Path directory;

    LayerFiles(Path directory) throws IOException {
        this.directory = Files.createDirectories(directory).toRealPath();
    }

    /** A layer on its way; closing it removes what was not kept. */
    final class Draft implements AutoCloseable {
        private final String key;
        private final Path place;

        private Draft(String key) throws IOException {
            this.key = key;
            this.place = Files.createTempDirectory(directory, BUILDING);
            Files.createDirectory(tree());
        }

        Path tree() {
            return place.resolve(LayerStore.TREE);
        }

        /** Puts it on disk, and then where it is looked for. */
        Path keep(long bytes, Instant now) throws IOException {
            Files.writeString(place.resolve(BYTES), Long.toString(bytes));
            Files.createFile(place.resolve(USED));
            for (String name : List.of(BYTES, USED)) {
                Files.setLastModifiedTime(place.resolve(name), FileTime.from(now));
            }
            String number = String.valueOf(place.getFileName()).substring(BUILDING.length());
            Path finished = directory.resolve(key + "." + number);
            try (DirectoryDescriptor parent = DirectoryDescriptor.ofHost(directory)) {
                parent.descriptor().syncFileSystem();
                Files.move(place, finished, StandardCopyOption.ATOMIC_MOVE);
                parent.descriptor().syncFileSystem();
            }
            return finished;
        }

        @Override
        public void close() {
            remove(place);
        }
    }

    Draft begin(String key) throws IOException {
        if (!KEY.matcher(key).matches()) {
            throw new IllegalArgumentException("not a key of a layer: " + key);
        }
        return new Draft(key);
    }

    /** What is complete; the rest is removed. */
    List<Layer> load(LayerStore<?> store) throws IOException {
        List<Layer> layers = new ArrayList<>();
        try (DirectoryStream<Path> names = Files.newDirectoryStream(directory)) {
            for (Path place : names) {
                try {
                    layers.add(load(store, place));
                } catch (IOException | NumberFormatException unfinished) {
                    remove(place);
                }
            }
        }
        return layers;
    }

    private static Layer load(LayerStore<?> store, Path place) throws IOException {
        String name = String.valueOf(place.getFileName());
        String key = name.substring(0, Math.min(KEY_CHARACTERS, name.length()));
        if (!KEY.matcher(key).matches()) {
            throw new IOException("not a finished layer");
        }
        long bytes = Long.parseLong(Files.readString(place.resolve(BYTES)));
        Instant made = Files.getLastModifiedTime(place.resolve(BYTES)).toInstant();
        Instant used = Files.getLastModifiedTime(place.resolve(USED)).toInstant();
        return new Layer(store, key, place, bytes, made, used);
    }

    /** Of the disk, for this user; a disk that does not tell has room. */
    long freeBytes() {
        try {
            return Files.getFileStore(directory).getUsableSpace();
        } catch (IOException untold) {
            LOG.log(Level.WARNING, "what is free at {0} cannot be told: {1}", directory, untold.getMessage());
            return Long.MAX_VALUE;
        }
    }

    void noteUse(Path place, Instant now) {
        try {
            Files.setLastModifiedTime(place.resolve(USED), FileTime.from(now));
        } catch (IOException e) {
            LOG.log(Level.WARNING, "the use of layer {0} is not noted: {1}", place, e.getMessage());
        }
    }

    /** With all that is below it; no link is followed. What cannot be removed is left for the next start. */
    void remove(Path place) {
        try {
            Files.deleteIfExists(place.resolve(BYTES));
            Trees.remove(place);
        } catch (NoSuchFileException gone) {
            // It was kept, or never there.
        } catch (IOException e) {
            LOG.log(Level.WARNING, "a layer at {0} cannot be removed: {1}", place, e.getMessage());
        }
    }
}
