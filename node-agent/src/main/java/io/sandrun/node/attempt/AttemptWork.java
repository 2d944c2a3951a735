package io.sandrun.node.attempt;

import io.sandrun.node.log.AttemptLog;
import io.sandrun.protocol.NodeMessages.ClaimedJob;
import io.sandrun.protocol.NodeMessages.PhasesAfterMs;
import io.sandrun.protocol.OutputReport;
import io.sandrun.protocol.identity.AttemptAccount;
import io.sandrun.protocol.identity.AttemptAccount.Course;
import io.sandrun.protocol.identity.AttemptAccount.NodeClock;
import io.sandrun.protocol.identity.AttemptAccount.Task;
import io.sandrun.protocol.identity.Digest;
import io.sandrun.protocol.log.LogStream;
import io.sandrun.runtime.HostCopy;
import io.sandrun.runtime.InputFile;
import io.sandrun.runtime.Preload;
import io.sandrun.runtime.RunResult;
import io.sandrun.runtime.ShownTree;
import io.sandrun.runtime.Slot;
import io.sandrun.runtime.archive.ArchiveSource;
import io.sandrun.runtime.interpreter.Interpreter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * All that is known of one attempt: each step adds its part, later ones build on it. What a step holds on to for the
 * attempt is let go when this closes. One thread, that of the slot.
 */
public final class AttemptWork implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(AttemptWork.class);

    /** Of an interpreter that does not tell its own. */
    private static final String NO_VERSION = "0";

    private final Slot slot;
    private final HeldAttempt attempt;
    private final AttemptLog log;
    private final List<ArchiveSource> archives = new ArrayList<>();
    private final List<InputFile> files = new ArrayList<>();
    private final List<HostCopy> copies = new ArrayList<>();
    private final Map<String, String> environment = new LinkedHashMap<>();
    private final Map<String, String> searchPaths = new LinkedHashMap<>();
    private final List<ShownTree> trees = new ArrayList<>();
    private final Set<Path> readOnlyPaths = new LinkedHashSet<>();
    private final PrintedDigests digests = new PrintedDigests();
    private final Deque<Runnable> releases = new ArrayDeque<>();
    private @Nullable Interpreter interpreter;
    private @Nullable String environmentName;
    private @Nullable Preload preload;
    private @Nullable RunResult result;
    private Duration waited = Duration.ZERO;
    private String stdoutSha256 = Digest.OF_NOTHING;
    private String stderrSha256 = Digest.OF_NOTHING;
    private OutputReport outputs = OutputReport.NOTHING;

    public AttemptWork(Slot slot, HeldAttempt attempt, AttemptLog log) {
        this.slot = slot;
        this.attempt = attempt;
        this.log = log;
    }

    public ClaimedJob job() {
        return attempt.job();
    }

    public HeldAttempt attempt() {
        return attempt;
    }

    /** What is printed on the way, for whoever watches the job: the program, and what is installed for it before. */
    public AttemptLog log() {
        return log;
    }

    /** Where it runs; for the whole attempt it is this attempt's alone. */
    public Slot slot() {
        return slot;
    }

    /** Lets go of something when the attempt is over, however it ends; the last first. */
    public void whenOver(Runnable release) {
        releases.push(release);
    }

    /** Unpacked into /work in the order of these calls. */
    public void addArchive(ArchiveSource archive) {
        archives.add(archive);
    }

    public List<ArchiveSource> archives() {
        return archives;
    }

    /** Written into /work after the archives. */
    public void addFile(InputFile file) {
        files.add(file);
    }

    public List<InputFile> files() {
        return files;
    }

    /** Likewise, for files of any size. */
    public void addCopy(HostCopy copy) {
        copies.add(copy);
    }

    public List<HostCopy> copies() {
        return copies;
    }

    /** What runs the program. */
    public Interpreter interpreter() {
        if (interpreter == null) {
            throw new IllegalStateException("no step has chosen an interpreter");
        }
        return interpreter;
    }

    public void runWith(Interpreter chosen) {
        interpreter = chosen;
    }

    /** The environment that is used, {@code name@digest}; empty for none. */
    public Optional<String> environmentName() {
        return Optional.ofNullable(environmentName);
    }

    public void useEnvironment(String name) {
        environmentName = name;
    }

    /** How the program's process may be there before; null when it may not. */
    public @Nullable Preload preload() {
        return preload;
    }

    public void startFrom(@Nullable Preload allowed) {
        preload = allowed;
    }

    /** Sets a variable over the interpreter's; the job's own come after it. */
    public void setVariable(String name, String value) {
        environment.put(name, value);
    }

    /** In the order in which they were set. */
    public Map<String, String> variables() {
        return environment;
    }

    /** Shows the program a file or directory of the host, read-only and at the same path, beside the interpreter's. */
    public void show(Path path) {
        readOnlyPaths.add(path);
    }

    public Set<Path> shownPaths() {
        return readOnlyPaths;
    }

    /** Shows the program a directory of the host under a name of its own; the last of a name counts. */
    public void showTree(ShownTree tree) {
        trees.removeIf(other -> other.inside().equals(tree.inside()));
        trees.add(tree);
    }

    public List<ShownTree> shownTrees() {
        return trees;
    }

    /** Appends a directory to a variable that lists directories, behind what the job itself says. */
    public void searchAlso(String variable, String directory) {
        searchPaths.merge(variable, directory, (before, next) -> before + ":" + next);
    }

    public Map<String, String> searchPaths() {
        return searchPaths;
    }

    /** The program has printed something. */
    void printed(LogStream stream, byte[] bytes) {
        digests.add(stream, bytes);
        log.append(stream, bytes);
    }

    /** The program has ended. */
    public void ran(RunResult how, Duration waitedBefore) {
        result = how;
        waited = waitedBefore;
        stdoutSha256 = digests.end(LogStream.STDOUT);
        stderrSha256 = digests.end(LogStream.STDERR);
    }

    /** Empty before the program has ended. */
    public Optional<RunResult> result() {
        return Optional.ofNullable(result);
    }

    /** How long the attempt was held before its program's sandbox was asked for: what the steps before it took. */
    public Duration waited() {
        return waited;
    }

    /**
     * What goes into its receipt beside the report.
     *
     * @param phases how long after the claim each was over, or null if its program never ran
     */
    public AttemptAccount account(@Nullable PhasesAfterMs phases) {
        long claimedAtMs = attempt.claimedAtMs();
        NodeClock clock = phases == null
                ? new NodeClock(claimedAtMs, null, null)
                : new NodeClock(claimedAtMs, later(claimedAtMs, phases.started()), later(claimedAtMs, phases.ended()));
        String version = interpreter == null || interpreter.version().equals(NO_VERSION) ? null : interpreter.version();
        return new AttemptAccount(Task.of(attempt.job()), new Course(version, clock, stdoutSha256, stderrSha256), null);
    }

    private static @Nullable Long later(long timeMs, @Nullable Long afterMs) {
        return afterMs == null ? null : timeMs + afterMs;
    }

    /** What is to be reported of its files. */
    public OutputReport outputs() {
        return outputs;
    }

    public void report(OutputReport kept) {
        outputs = kept;
    }

    /** One thing that cannot be let go of takes nothing from the others, nor from the report that was made before. */
    @Override
    public void close() {
        while (!releases.isEmpty()) {
            try {
                releases.pop().run();
            } catch (RuntimeException stays) {
                LOG.error("Job {} leaves something behind", job().id(), stays);
            }
        }
    }
}
