package io.sandrun.runtime;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.sandrun.runtime.archive.ArchiveLimits;
import io.sandrun.runtime.archive.ArchiveSource;
import io.sandrun.runtime.output.ArtifactSink;
import io.sandrun.runtime.output.OutputLimits;
import io.sandrun.runtime.output.OutputRequest;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Makes run requests for tests: a command with generous limits, of which a test tightens the one it is about. */
final class Guest {
    static final int OPEN_FILES = 256;

    private final List<String> command;
    private Map<String, String> environment = Map.of("PATH", "/usr/bin:/bin", "HOME", "/work");
    private byte[] stdin = new byte[0];
    private final List<InputFile> files = new ArrayList<>();
    private final List<HostCopy> copies = new ArrayList<>();
    private final List<ArchiveSource> archives = new ArrayList<>();
    private OutputRequest outputs = OutputRequest.NOTHING;
    private List<ShownTree> trees = List.of();
    private @Nullable Door door;
    private Harvest harvest = Harvest.NOTHING;
    private @Nullable Preload preload;
    private List<Path> readOnlyPaths = List.of();
    private Duration wallTime = Duration.ofSeconds(20);
    private Duration cpuTime = Duration.ofSeconds(20);
    private double cores = 2;
    private long memoryBytes = 256L << 20;
    private int processes = 64;
    private long diskBytes = 32L << 20;
    private long diskInodes = 1000;
    private int outputKeptBytes = 1 << 20;
    private long outputTotalBytes = 16L << 20;

    private Guest(List<String> command) {
        this.command = command;
    }

    static Guest command(String... command) {
        return new Guest(List.of(command));
    }

    static Guest sh(String script) {
        return command("/bin/sh", "-c", script);
    }

    static Guest bash(String script) {
        return program("/usr/bin/bash", "-c", script);
    }

    /** Isolated from the user's site packages, so that what is tested is the sandbox. */
    static Guest python(String script) {
        return program("/usr/bin/python3", "-I", "-S", "-c", script);
    }

    private static Guest program(String executable, String... arguments) {
        assumeTrue(Files.isExecutable(Path.of(executable)), executable + " is not installed");
        List<String> command = new ArrayList<>(List.of(executable));
        command.addAll(List.of(arguments));
        return new Guest(command);
    }

    Guest environment(Map<String, String> variables) {
        environment = variables;
        return this;
    }

    Guest stdin(String text) {
        stdin = text.getBytes(StandardCharsets.UTF_8);
        return this;
    }

    Guest file(String path, String content, boolean executable) {
        files.add(new InputFile(path, content.getBytes(StandardCharsets.UTF_8), executable));
        return this;
    }

    Guest copy(String path, Path source) {
        copies.add(new HostCopy(path, source));
        return this;
    }

    Guest archive(byte[] archive) {
        archives.add(() -> new ByteArrayInputStream(archive));
        return this;
    }

    Guest archive(ArchiveSource archive) {
        archives.add(archive);
        return this;
    }

    /** Generous limits, like those of a run. */
    Guest outputs(ArtifactSink sink, String... patterns) {
        OutputLimits generous = new OutputLimits(100, 8L << 20, 32L << 20, 64, 20_000, Duration.ofSeconds(20));
        return outputs(sink, generous, patterns);
    }

    Guest outputs(ArtifactSink sink, OutputLimits bounds, String... patterns) {
        outputs = new OutputRequest(List.of(patterns), bounds, sink);
        return this;
    }

    Guest door(Door wayOut) {
        door = wayOut;
        return this;
    }

    Guest harvest(Harvest kept) {
        harvest = kept;
        return this;
    }

    Guest preload(int programAt, String... modules) {
        preload = Preload.forked(programAt, List.of(modules));
        return this;
    }

    Guest awaited(int programAt) {
        preload = Preload.awaited(programAt);
        return this;
    }

    Guest trees(ShownTree... shown) {
        trees = List.of(shown);
        return this;
    }

    Guest readOnly(Path... paths) {
        readOnlyPaths = List.of(paths);
        return this;
    }

    Guest wallSeconds(int seconds) {
        wallTime = Duration.ofSeconds(seconds);
        return this;
    }

    Guest cpuSeconds(int seconds) {
        cpuTime = Duration.ofSeconds(seconds);
        return this;
    }

    Guest cores(double share) {
        cores = share;
        return this;
    }

    Guest room(long memory, int processCount, long disk, long inodes) {
        memoryBytes = memory;
        processes = processCount;
        diskBytes = disk;
        diskInodes = inodes;
        return this;
    }

    Guest output(int keptBytes, long totalBytes) {
        outputKeptBytes = keptBytes;
        outputTotalBytes = totalBytes;
        return this;
    }

    RunRequest request() {
        RunLimits limits = new RunLimits(
                wallTime,
                cpuTime,
                cores,
                memoryBytes,
                processes,
                OPEN_FILES,
                diskBytes,
                diskInodes,
                outputKeptBytes,
                outputTotalBytes);
        ArchiveLimits archiveLimits = ArchiveLimits.within(diskBytes, diskInodes);
        Inputs inputs = new Inputs(files, copies, archives, archiveLimits, null);
        return new RunRequest(
                command, environment, stdin, inputs, readOnlyPaths, limits, outputs, trees, door, harvest, preload);
    }

    RunResult runIn(Slot slot) {
        RunResult result = slot.run(request(), new Cancellation());
        slot.getReady();
        return result;
    }

    static String text(CapturedStream stream) {
        return new String(stream.bytes(), StandardCharsets.UTF_8);
    }
}
