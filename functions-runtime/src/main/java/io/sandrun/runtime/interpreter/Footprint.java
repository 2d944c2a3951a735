package io.sandrun.runtime.interpreter;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;

/** Collects what of the host, beyond the system directories, must be shown in the sandbox for one interpreter. */
final class Footprint {
    /** Every sandbox shows these. */
    private static final List<Path> SYSTEM =
            Stream.of("/usr", "/bin", "/sbin", "/lib", "/lib64").map(Path::of).toList();

    private static final Path HOMES = Path.of("/home");

    /** Configuration of a JDK lies two levels deep, certificates three. */
    private static final int LINK_DEPTH = 4;

    /** Debian's JDK and R have some hundred files in reach. */
    private static final int MOST_FILES = 20_000;

    private final Path userHome;
    private final List<Path> paths = new ArrayList<>();

    Footprint(Path userHome) {
        this.userHome = userHome;
    }

    /** None inside another, in the order in which they were found. */
    List<Path> paths() {
        return paths.stream()
                .filter(path -> paths.stream().noneMatch(other -> !other.equals(path) && path.startsWith(other)))
                .toList();
    }

    /**
     * Adds a directory with the libraries of an interpreter, by the name it uses and by the real one.
     *
     * @throws IOException if it is missing, or so general that it would show the sandbox other things than an
     * interpreter
     */
    void addPrefix(Path prefix) throws IOException {
        for (Path path : List.of(prefix, real(prefix))) {
            if (!isCovered(path)) {
                requireSpecific(path);
                paths.add(path);
            }
        }
    }

    /** The name under which a program can be started in the sandbox; shows what is needed for that. */
    Path addExecutable(Path executable) throws IOException {
        Path real = real(executable);
        if (!isCovered(real)) {
            Path directory = Objects.requireNonNull(real.getParent());
            Path above = directory.getParent();
            boolean hasOwnPrefix = directory.endsWith("bin") && above != null && isSpecific(above);
            paths.add(hasOwnPrefix ? above : real);
        }
        return isCovered(executable) ? executable : real;
    }

    /** Adds what links below a directory lead to; Debian keeps the configuration of Java and R in /etc. */
    void addLinkTargets(Path home) throws IOException {
        try (Stream<Path> files = Files.walk(home, LINK_DEPTH)) {
            for (Path link :
                    files.limit(MOST_FILES).filter(Files::isSymbolicLink).toList()) {
                if (Files.exists(link)) {
                    Path target = link.toRealPath();
                    if (!isCovered(target)) {
                        paths.add(ownDirectoryInEtc(target));
                    }
                }
            }
        }
    }

    /** One mount for a package's configuration directory instead of one for each file in it. */
    private static Path ownDirectoryInEtc(Path target) {
        Path directory = Path.of("/etc").resolve(target.getName(Math.min(1, target.getNameCount() - 1)));
        String name = String.valueOf(directory.getFileName());
        boolean belongsToInterpreter = name.startsWith("java") || name.equals("R");
        return target.startsWith(directory) && belongsToInterpreter ? directory : target;
    }

    private static Path real(Path path) throws IOException {
        try {
            return path.toRealPath();
        } catch (NoSuchFileException e) {
            throw new IOException("there is no " + path, e);
        }
    }

    private boolean isCovered(Path path) {
        return SYSTEM.stream().anyMatch(path::startsWith) || paths.stream().anyMatch(path::startsWith);
    }

    private void requireSpecific(Path path) throws IOException {
        if (!isSpecific(path)) {
            throw new IOException(path + " holds more than an interpreter");
        }
    }

    /**
     * Neither the root, nor a directory right below it, nor a home, nor one that a home is in, nor the place where a
     * user's programs keep what is theirs (keyrings are there).
     */
    private boolean isSpecific(Path path) {
        return path.getNameCount() >= 2
                && !HOMES.equals(path.getParent())
                && !userHome.startsWith(path)
                && !path.endsWith(".local");
    }
}
