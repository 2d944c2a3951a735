package io.sandrun.runtime.sandbox;

import io.sandrun.runtime.Birth;
import io.sandrun.runtime.Cancellation;
import io.sandrun.runtime.Outcome;
import io.sandrun.runtime.OutputListener;
import io.sandrun.runtime.OutputListener.Stream;
import io.sandrun.runtime.PhaseTimes;
import io.sandrun.runtime.RunLimits;
import io.sandrun.runtime.RunRequest;
import io.sandrun.runtime.RunResult;
import io.sandrun.runtime.Start;
import io.sandrun.runtime.Usage;
import io.sandrun.runtime.cgroup.Meter;
import io.sandrun.runtime.linux.LinuxException;
import io.sandrun.runtime.linux.Pipe;
import io.sandrun.runtime.linux.Wakeup;
import io.sandrun.runtime.output.OutputCollector;
import io.sandrun.runtime.output.OutputRequest;
import io.sandrun.runtime.output.Outputs;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * The way of a run through a sandbox that was asked for: its files, go, the program, the judgement, its outputs. One
 * thread at a time.
 */
final class Conduct {
    /**
     * The rlimit, whose refusals nobody counts, stands a little above the limit: where a group counts, the group shall
     * be the one that refuses; where none does, who is seen between the two is known to want more than the limit.
     */
    private static final int RLIMIT_HEADROOM = 16;

    private final Identity identity;
    private final Filters filters;
    private final Enforcement enforcement;

    Conduct(Identity identity, Filters filters, Enforcement enforcement) {
        this.identity = identity;
        this.filters = filters;
        this.enforcement = enforcement;
    }

    /** Starts a process that will wait for a run. */
    void await(AwaitedKind kind, PreparedSandbox sandbox) throws IOException {
        sandbox.await(Launch.await(kind, identity, processesAllowed(kind.limits()), filters));
    }

    private static long processesAllowed(RunLimits limits) {
        return (long) limits.processes() + RLIMIT_HEADROOM;
    }

    /** All of ours happens while the sandbox is being built, if it can. */
    RunResult run(Run run, PreparedSandbox sandbox, Meter meter, Start start, Birth birth) throws IOException {
        try (Wakeup cancelled = Wakeup.open()) {
            run.cancellation().wakeUpWith(cancelled::wake);
            return run(run, sandbox, meter, new Beginning(start, birth, cancelled));
        } finally {
            run.cancellation().wakeUpWith(null);
        }
    }

    /** How it begins, and what may end it before. */
    private record Beginning(Start start, Birth birth, Wakeup cancelled) {}

    private RunResult run(Run run, PreparedSandbox sandbox, Meter meter, Beginning beginning) throws IOException {
        RunRequest request = run.request();
        Cancellation cancellation = run.cancellation();
        OutputListener listener = run.listener();
        RunLimits limits = request.limits();
        byte[] launch = Launch.plan(request, identity, processesAllowed(limits), filters, beginning.birth());
        try (Pipe stdin = Pipe.toWrite();
                Pipe stdout = Pipe.toRead();
                Pipe stderr = Pipe.toRead();
                StdinFeed feed = new StdinFeed(stdin.writer(), request.stdin())) {
            int keptBytes = limits.outputKeptBytes();
            StreamCapture out =
                    new StreamCapture(stdout.reader(), keptBytes, bytes -> listener.printed(Stream.STDOUT, bytes));
            StreamCapture err =
                    new StreamCapture(stderr.reader(), keptBytes, bytes -> listener.printed(Stream.STDERR, bytes));
            sandbox.write(request.inputs(), identity, request.outputs().wantsOnlyChanged(), cancellation);
            sandbox.open(request.door());
            // Written by the agent, and charged to it.
            long inputBytes = sandbox.space().usedBytes();
            Instant started = Instant.now();
            sandbox.go(launch, stdin, stdout, stderr);
            LimitWatch.Disk disk = () -> Math.max(0, sandbox.space().usedBytes() - inputBytes);
            LimitWatch watch = new LimitWatch(limits, meter, enforcement, disk, System.nanoTime());
            var connections = new RunLoop.Connections(feed, out, err, beginning.cancelled());
            try (RunLoop loop = new RunLoop(sandbox, connections, watch, enforcement.tickMs())) {
                loop.run(stdin.writer(), stdout.reader(), stderr.reader());
                PhaseTimes phases = phases(sandbox, watch, run.startNanos(), beginning);
                RunResult result = result(sandbox, limits, loop, watch, phases, out, err);
                sandbox.closeDoor();
                return collect(sandbox, request, started, cancellation, result);
            }
        }
    }

    /** Only now: the resident has reaped pid 1, and with it the kernel has ended all that ran in the sandbox. */
    private static RunResult collect(
            PreparedSandbox sandbox, RunRequest request, Instant started, Cancellation cancellation, RunResult result) {
        OutputRequest outputs = request.outputs();
        try {
            if (result.outcome() == Outcome.OK) {
                sandbox.reap(request.harvest());
            }
            if (outputs.isNothing() || result.outcome() == Outcome.CANCELLED) {
                return result;
            }
            return result.with(sandbox.collect(new OutputCollector(outputs, started, cancellation::isCancelled)));
        } catch (IOException | UncheckedIOException e) {
            return result.failed("The outputs could not be kept: " + Sentence.of(e));
        }
    }

    private static PhaseTimes phases(PreparedSandbox sandbox, LimitWatch watch, long startNanos, Beginning beginning) {
        long readyNanos = sandbox.readyNanos();
        if (readyNanos == 0) {
            return PhaseTimes.NONE;
        }
        return new PhaseTimes(
                beginning.start(),
                beginning.birth(),
                Math.max(0, readyNanos - startNanos),
                watch.startNanos() - Math.max(readyNanos, startNanos),
                System.nanoTime() - watch.startNanos());
    }

    private RunResult result(
            PreparedSandbox sandbox,
            RunLimits limits,
            RunLoop loop,
            LimitWatch watch,
            PhaseTimes phases,
            StreamCapture out,
            StreamCapture err)
            throws IOException {
        Protocol.Ended ended = sandbox.ended();
        Verdict verdict = loop.verdict();
        if (verdict == null) {
            verdict = judge(sandbox, limits, watch, ended);
        }
        Integer signal = ended == null ? Integer.valueOf(9) : ended.signal() == 0 ? null : (Integer) ended.signal();
        Integer code = signal == null ? Integer.valueOf(ended == null ? 0 : ended.code()) : (Integer) (128 + signal);
        Protocol.Exited exited = sandbox.fate().exited();
        long cpuNanos = watch.last().cpuNanos();
        long memoryBytes = watch.memoryPeakBytes();
        if (exited != null) {
            cpuNanos = Math.max(cpuNanos, exited.cpuMicros() * 1000);
            memoryBytes = Math.max(memoryBytes, exited.residentSetBytes());
        }
        Usage usage = new Usage(
                Duration.ofNanos(loop.endNanos() - watch.startNanos()), Duration.ofNanos(cpuNanos), memoryBytes);
        return new RunResult(
                verdict.outcome(),
                code,
                signal,
                verdict.reason(),
                out.captured(),
                err.captured(),
                usage,
                phases,
                Outputs.NONE);
    }

    private Verdict judge(PreparedSandbox sandbox, RunLimits limits, LimitWatch watch, Protocol.@Nullable Ended ended)
            throws LinuxException {
        if (ended != null && !Judgement.failed(ended)) {
            return Verdict.OK;
        }
        if (enforcement.chargesDiskAsMemory() || enforcement.countsForkRefusals()) {
            watch.lookBack();
        }
        var space = sandbox.space();
        int seen = Math.max(watch.processPeak(), ended == null ? 0 : ended.others() + 1);
        boolean aboveLimit = !enforcement.countsForkRefusals() && seen > limits.processes();
        var evidence = new Judgement.Evidence(
                watch.last().oomKills(),
                watch.last().forkRefusals(),
                aboveLimit,
                space.freeBlocks() == 0 || space.freeInodes() == 0);
        return ended == null ? Judgement.ofSilence(evidence, limits) : Judgement.of(ended, evidence, limits);
    }
}
