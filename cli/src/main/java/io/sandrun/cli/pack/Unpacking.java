package io.sandrun.cli.pack;

import io.sandrun.runtime.archive.ArchiveLimits;
import io.sandrun.runtime.archive.ArchiveReader;
import io.sandrun.runtime.archive.ArchiveSink;
import io.sandrun.runtime.name.GuestName;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Unpacks an archive of a job's outputs into a folder: first beside the files that are there, then, when all of it has
 * arrived and nothing is in the way, in place. Nothing is written outside the folder, through no link either, and
 * nothing is overwritten unless that is asked for. One thread.
 */
public final class Unpacking {
    private final Path target;
    private final boolean overwrite;

    public Unpacking(Path target, boolean overwrite) {
        this.target = target;
        this.overwrite = overwrite;
    }

    /**
     * Unpacks to the end.
     *
     * @return the paths of the files below the folder
     * @throws ProjectRefusedException when a file is in the way; then nothing has changed
     */
    public List<String> unpack(InputStream archive, ArchiveLimits limits) throws IOException {
        Files.createDirectories(target);
        Path staging = Files.createTempDirectory(target, ".sandrun-");
        try {
            Staged staged = new Staged(staging);
            new ArchiveReader(limits, staged).read(archive);
            place(staging, staged.files);
            return List.copyOf(staged.files);
        } finally {
            delete(staging);
        }
    }

    /**
     * Puts one file that has arrived in place.
     *
     * @param path below the folder, with slashes
     */
    public void place(Path arrived, String path) throws IOException {
        checkFree(path);
        move(arrived, path);
    }

    private void place(Path staging, List<String> files) throws IOException {
        for (String path : files) {
            checkFree(path);
        }
        for (String path : files) {
            move(staging.resolve(path), path);
        }
    }

    private void checkFree(String path) throws ProjectRefusedException {
        Path place = target;
        String[] parts = path.split("/", -1);
        for (int index = 0; index < parts.length; index++) {
            if (parts[index].isEmpty() || parts[index].equals(".") || parts[index].equals("..")) {
                throw new ProjectRefusedException("'%s' is no path of an output.".formatted(GuestName.show(path)));
            }
            place = place.resolve(parts[index]);
            if (!Files.exists(place, LinkOption.NOFOLLOW_LINKS)) {
                return;
            }
            boolean isLast = index == parts.length - 1;
            boolean isFolder = Files.isDirectory(place, LinkOption.NOFOLLOW_LINKS);
            if (isLast && !isFolder && !overwrite) {
                throw new ProjectRefusedException(
                        "%s is there already. Choose another folder with -o, or overwrite with --force."
                                .formatted(GuestName.show(place.toString())));
            }
            if (isLast == isFolder) {
                throw new ProjectRefusedException(
                        "%s is in the way. Choose another folder with -o.".formatted(GuestName.show(place.toString())));
            }
        }
    }

    private void move(Path arrived, String path) throws IOException {
        Path place = target.resolve(path);
        Path folder = place.getParent();
        if (folder != null) {
            Files.createDirectories(folder);
        }
        if (overwrite) {
            Files.move(arrived, place, StandardCopyOption.REPLACE_EXISTING);
        } else {
            Files.move(arrived, place);
        }
    }

    private static void delete(Path staging) throws IOException {
        try (Stream<Path> inside = Files.walk(staging)) {
            for (Path path : inside.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        }
    }

    /** The archive's files in a folder of our own, in which no link lies. */
    private static final class Staged implements ArchiveSink {
        private final Path folder;
        private final List<String> files = new ArrayList<>();
        private @Nullable OutputStream out;

        Staged(Path folder) {
            this.folder = folder;
        }

        @Override
        public void makeDirectory(String path) throws IOException {
            Files.createDirectory(folder.resolve(path));
        }

        @Override
        public void beginFile(String path, boolean executable) throws IOException {
            out = Files.newOutputStream(folder.resolve(path), StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
            files.add(path);
            if (executable) {
                makeExecutable(path);
            }
        }

        @Override
        public void write(byte[] bytes, int count) throws IOException {
            open().write(bytes, 0, count);
        }

        @Override
        public void endFile() throws IOException {
            open().close();
        }

        @Override
        public void makeSymbolicLink(String path, String link) throws IOException {
            throw new ProjectRefusedException(
                    "The archive's entry '%s' is a link, and outputs have none.".formatted(GuestName.show(path)));
        }

        @Override
        public void makeHardLink(String path, String existing) throws IOException {
            makeSymbolicLink(path, existing);
        }

        @Override
        public void makeExecutable(String path) throws IOException {
            Path file = folder.resolve(path);
            Set<PosixFilePermission> permissions = new HashSet<>(Files.getPosixFilePermissions(file));
            permissions.add(PosixFilePermission.OWNER_EXECUTE);
            Files.setPosixFilePermissions(file, permissions);
        }

        private OutputStream open() throws IOException {
            if (out == null) {
                throw new IOException("no file has been begun");
            }
            return out;
        }
    }
}
