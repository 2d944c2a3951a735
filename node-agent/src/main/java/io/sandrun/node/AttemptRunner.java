package io.sandrun.node;

import io.sandrun.protocol.JobLimits;
import io.sandrun.protocol.Limits;
import io.sandrun.protocol.NodeMessages.ClaimedJob;
import io.sandrun.runtime.InputFile;
import io.sandrun.runtime.RunLimits;
import io.sandrun.runtime.RunRequest;
import io.sandrun.runtime.RunResult;
import io.sandrun.runtime.Slot;
import io.sandrun.runtime.interpreter.Interpreter;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Runs one claimed job in one slot and reports it: the only place where a claim becomes a run request. Thread-safe. */
final class AttemptRunner {
    private static final Logger log = LoggerFactory.getLogger(AttemptRunner.class);

    /**
     * A program that still runs after this long is told to be running. Shorter jobs go from assigned to their end,
     * which spares them a message each.
     */
    private static final long STARTED_NOTICE_MS = 100;

    private final Map<String, Interpreter> interpreters;
    private final CpuShare cpuShare;
    private final HeldLeases leases;
    private final ReportLoop reports;
    private final HeartbeatLoop heartbeats;
    private final ScheduledExecutorService timer;

    AttemptRunner(
            Map<String, Interpreter> interpreters,
            CpuShare cpuShare,
            HeldLeases leases,
            ReportLoop reports,
            HeartbeatLoop heartbeats,
            ScheduledExecutorService timer) {
        this.interpreters = interpreters;
        this.cpuShare = cpuShare;
        this.leases = leases;
        this.reports = reports;
        this.heartbeats = heartbeats;
        this.timer = timer;
    }

    /** Runs to the end, within the limits of the job; returns when the report is delivered or kept. */
    void run(Slot slot, HeldAttempt attempt) {
        ClaimedJob job = attempt.job();
        ScheduledFuture<?> notice = timer.schedule(
                () -> {
                    attempt.markStarted();
                    heartbeats.nudge();
                },
                STARTED_NOTICE_MS,
                TimeUnit.MILLISECONDS);
        try {
            Duration waited = attempt.age();
            RunResult result = slot.run(request(job), attempt.cancellation());
            notice.cancel(false);
            if (attempt.isLost()) {
                log.info("Job {} was stopped: its lease is lost", job.id());
                leases.drop(job.leaseId());
            } else {
                reports.report(Reports.of(job, result, waited));
            }
        } catch (RuntimeException | Error broken) {
            log.error("Job {} met a fault of this node", job.id(), broken);
            reports.report(Reports.ofFault(job, "The node met a fault of its own: its log tells more."));
        } finally {
            notice.cancel(false);
        }
    }

    private RunRequest request(ClaimedJob job) {
        Interpreter interpreter = interpreters.get(job.interpreter());
        if (interpreter == null) {
            throw new IllegalStateException("claimed a job for %s, which is not offered".formatted(job.interpreter()));
        }
        Map<String, String> environment = new HashMap<>(cpuShare.threadVariables(job.limits()));
        environment.putAll(interpreter.environment());
        environment.put("SANDRUN_JOB_ID", job.id());
        environment.putAll(job.env());
        return new RunRequest(
                interpreter.command(job.args()),
                environment,
                job.stdin().getBytes(StandardCharsets.UTF_8),
                List.of(new InputFile(
                        interpreter.sourceFileName(), job.code().getBytes(StandardCharsets.UTF_8), false)),
                interpreter.readOnlyPaths(),
                limits(job.limits()));
    }

    private RunLimits limits(JobLimits limits) {
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
