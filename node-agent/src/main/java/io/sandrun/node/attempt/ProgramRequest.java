package io.sandrun.node.attempt;

import io.sandrun.protocol.JobLimits;
import io.sandrun.protocol.Limits;
import io.sandrun.protocol.NodeMessages.ClaimedJob;
import io.sandrun.runtime.InputFile;
import io.sandrun.runtime.Inputs;
import io.sandrun.runtime.Preload;
import io.sandrun.runtime.RunLimits;
import io.sandrun.runtime.RunRequest;
import io.sandrun.runtime.archive.ArchiveLimits;
import io.sandrun.runtime.interpreter.Interpreter;
import io.sandrun.runtime.output.ArtifactSink;
import io.sandrun.runtime.output.OutputLimits;
import io.sandrun.runtime.output.OutputRequest;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;

/** The only place where a claimed job becomes a request to run its program. Thread-safe. */
public final class ProgramRequest {
    /** Of every job, whatever it asks for. */
    private static final OutputLimits OUTPUT_LIMITS = new OutputLimits(
            Limits.OUTPUT_FILES,
            Limits.OUTPUT_FILE_BYTES,
            Limits.OUTPUT_FILES_BYTES,
            Limits.OUTPUT_DEPTH,
            Limits.OUTPUT_NAMES,
            Duration.ofSeconds(Limits.OUTPUT_SECONDS));

    private final CpuShare cpuShare;
    private final Function<String, ArtifactSink> outputSinks;

    /** @param outputSinks takes the outputs of the lease that it is asked for */
    public ProgramRequest(CpuShare cpuShare, Function<String, ArtifactSink> outputSinks) {
        this.cpuShare = cpuShare;
        this.outputSinks = outputSinks;
    }

    /** What the steps before have found out, as one request. */
    RunRequest of(AttemptWork work) {
        ClaimedJob job = work.job();
        RunLimits limits = limits(job.limits());
        RunRequest request = new RunRequest(
                        command(work),
                        variables(work),
                        job.stdin().getBytes(StandardCharsets.UTF_8),
                        inputs(work, limits),
                        shownPaths(work),
                        limits,
                        outputs(job))
                .with(work.shownTrees());
        Preload preload = work.preload();
        return preload == null ? request : request.with(preload);
    }

    private OutputRequest outputs(ClaimedJob job) {
        boolean mayHaveOutputs =
                job.files().isProject() || !job.files().outputs().isEmpty();
        return mayHaveOutputs
                ? new OutputRequest(job.files().outputs(), OUTPUT_LIMITS, outputSinks.apply(job.leaseId()))
                : OutputRequest.NOTHING;
    }

    private static List<String> command(AttemptWork work) {
        ClaimedJob job = work.job();
        String entrypoint = job.files().entrypoint();
        return entrypoint == null
                ? work.interpreter().command(job.args())
                : work.interpreter().command(entrypoint, job.args());
    }

    /** The job's own come last: it may overrule everything. */
    private Map<String, String> variables(AttemptWork work) {
        ClaimedJob job = work.job();
        Map<String, String> variables = new HashMap<>(cpuShare.threadVariables(job.limits()));
        variables.putAll(work.interpreter().environment());
        variables.putAll(work.variables());
        variables.put("SANDRUN_JOB_ID", job.id());
        work.searchPaths().forEach((name, path) -> variables.merge(name, path, (usual, added) -> added + ":" + usual));
        variables.putAll(job.env());
        work.searchPaths()
                .forEach((name, path) -> variables.computeIfPresent(
                        name, (same, now) -> job.env().containsKey(name) ? now + ":" + path : now));
        return variables;
    }

    private static Inputs inputs(AttemptWork work, RunLimits limits) {
        ClaimedJob job = work.job();
        List<InputFile> files = new ArrayList<>(work.files());
        if (!job.files().isProject()) {
            String name = work.interpreter().sourceFileName();
            files.add(new InputFile(name, job.code().getBytes(StandardCharsets.UTF_8), false));
        }
        ArchiveLimits archiveLimits = ArchiveLimits.within(limits.diskBytes(), limits.diskInodes());
        return new Inputs(files, work.copies(), work.archives(), archiveLimits, null);
    }

    private static List<Path> shownPaths(AttemptWork work) {
        Interpreter interpreter = work.interpreter();
        Set<Path> paths = new LinkedHashSet<>(interpreter.readOnlyPaths());
        paths.addAll(work.shownPaths());
        return List.copyOf(paths);
    }

    /** What the sandbox enforces for the limits of a job. */
    public RunLimits limits(JobLimits limits) {
        return new RunLimits(
                duration(limits.timeout()),
                duration(cpuShare.cpuSeconds(limits)),
                cpuShare.cores(limits),
                mebibytes(limits.memoryMb()),
                limits.processes(),
                Limits.OPEN_FILES,
                mebibytes(limits.diskMb()),
                Limits.DISK_INODES,
                Limits.OUTPUT_KEPT_BYTES,
                Limits.OUTPUT_TOTAL_BYTES);
    }

    private static Duration duration(double seconds) {
        return Duration.ofNanos((long) (seconds * 1e9));
    }

    private static long mebibytes(int count) {
        return (long) count << 20;
    }
}
