package io.sandrun.runtime.interpreter;

import io.sandrun.runtime.host.HostProgram;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Stream;

/** Finds the interpreters that jobs can use here. Single-threaded; takes a second or so, so ask once. */
public final class InterpreterProbe {
    private static final System.Logger LOG = System.getLogger(InterpreterProbe.class.getName());

    /** A cold R or Java on a slow disk needs seconds, a hanging shim for ever. */
    private static final Duration TIME_LIMIT = Duration.ofSeconds(10);

    private static final List<Path> SYSTEM_PATH =
            Stream.of("/usr/local/bin", "/usr/bin", "/bin").map(Path::of).toList();

    private static final Path ROOT = Path.of("/");

    private final List<Path> searchPath;
    private final Duration timeLimit;
    private final SandboxAccess access;
    private final Predicate<Interpreter> runsInSandbox;

    /** @param runsInSandbox really runs it, on this thread; what fails is left out */
    public InterpreterProbe(Predicate<Interpreter> runsInSandbox) {
        this(
                searchPath(System.getenv().getOrDefault("PATH", "")),
                TIME_LIMIT,
                SandboxAccess.ofThisProcess(),
                runsInSandbox);
    }

    InterpreterProbe(
            List<Path> searchPath, Duration timeLimit, SandboxAccess access, Predicate<Interpreter> runsInSandbox) {
        this.searchPath = List.copyOf(searchPath);
        this.timeLimit = timeLimit;
        this.access = access;
        this.runsInSandbox = runsInSandbox;
    }

    /** At most one of each name: the first on the PATH that can be understood, read by the sandbox's user, and run. */
    public List<Interpreter> find() {
        return find(Set.of());
    }

    /** @param wanted the only names to look for; empty for all */
    public List<Interpreter> find(Set<String> wanted) {
        List<Interpreter> found = new ArrayList<>();
        for (Language language : Language.ALL) {
            if (wanted.isEmpty() || wanted.contains(language.program())) {
                first(language).ifPresent(found::add);
            }
        }
        return found;
    }

    /**
     * The interpreter at one place, whatever the PATH has.
     *
     * @param name of an interpreter that jobs can ask for
     * @throws IOException if it is not there or cannot be used; the message says why
     */
    public Interpreter at(String name, Path executable) throws IOException {
        Language language = Language.ALL.stream()
                .filter(known -> known.program().equals(name))
                .findFirst()
                .orElseThrow(() -> new IOException("there is no interpreter " + name));
        if (!Files.isExecutable(executable)) {
            throw new IOException("there is no program " + executable);
        }
        Interpreter interpreter = examine(language, executable);
        if (!runsInSandbox.test(interpreter)) {
            throw new IOException(executable + " does not run in a sandbox");
        }
        return interpreter;
    }

    private Optional<Interpreter> first(Language language) {
        Set<Path> tried = new LinkedHashSet<>();
        for (Path directory : searchPath) {
            Path candidate = directory.resolve(language.program());
            try {
                if (Files.isExecutable(candidate) && tried.add(candidate.toRealPath())) {
                    Interpreter interpreter = examine(language, candidate);
                    if (runsInSandbox.test(interpreter)) {
                        return Optional.of(interpreter);
                    }
                    throw new IOException("it does not run in a sandbox");
                }
            } catch (IOException | InvalidPathException e) {
                LOG.log(Level.INFO, "left out {0}: {1}", candidate, e.getMessage());
            }
        }
        return Optional.empty();
    }

    private Interpreter examine(Language language, Path candidate) throws IOException {
        List<String> command = new ArrayList<>();
        command.add(candidate.toString());
        command.addAll(language.question());
        Answer answer = Answer.parse(HostProgram.ask(command, timeLimit), candidate);

        Footprint footprint = new Footprint(Path.of(System.getProperty("user.home", "/")));
        for (Path prefix : answer.prefixes()) {
            footprint.addPrefix(prefix);
        }
        Path executable = footprint.addExecutable(answer.executable());
        for (Path home : answer.homes()) {
            footprint.addLinkTargets(home);
        }
        List<Path> shown = footprint.paths();
        requireUsable(shown, executable, answer.needs());
        return language.interpreter(answer.version(), executable, shown);
    }

    private void requireUsable(List<Path> shown, Path executable, List<Path> needs) throws IOException {
        if (!access.canExecute(shownRoot(shown, executable), executable)) {
            throw new IOException("the sandbox's user may not run " + executable);
        }
        for (Path need : needs) {
            if (!Files.exists(need)) {
                throw new IOException("it lacks " + need);
            }
            if (!access.canRead(shownRoot(shown, need), need)) {
                throw new IOException("the sandbox's user may not read " + need);
            }
        }
    }

    private static Path shownRoot(List<Path> shown, Path file) {
        return shown.stream().filter(file::startsWith).findFirst().orElse(ROOT);
    }

    static List<Path> searchPath(String path) {
        Set<Path> directories = new LinkedHashSet<>();
        for (String directory : path.split(":", -1)) {
            // A relative entry would mean another program in every working directory.
            if (directory.startsWith("/")) {
                directories.add(Path.of(directory));
            }
        }
        directories.addAll(SYSTEM_PATH);
        return List.copyOf(directories);
    }
}
