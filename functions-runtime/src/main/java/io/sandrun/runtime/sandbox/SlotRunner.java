package io.sandrun.runtime.sandbox;

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
import io.sandrun.runtime.archive.ArchiveRefusedException;
import io.sandrun.runtime.cgroup.Cgroups;
import io.sandrun.runtime.cgroup.GroupLimits;
import io.sandrun.runtime.cgroup.SlotCgroup;
import io.sandrun.runtime.linux.Ids;
import io.sandrun.runtime.linux.LinuxException;
import io.sandrun.runtime.linux.Pipe;
import io.sandrun.runtime.linux.ProgramImage;
import io.sandrun.runtime.linux.Wakeup;
import io.sandrun.runtime.output.OutputCollector;
import io.sandrun.runtime.output.OutputRequest;
import io.sandrun.runtime.output.Outputs;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CancellationException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * One slot: its resident, its control group, and the way of a request through prepare, go, run and judgement.
 * Thread-safe: runs of one slot wait for each other.
 */
public final class SlotRunner implements AutoCloseable {
    /** Kernel memory, page tables, the small root file system and our own two processes are charged to the slot too. */
    private static final long OWN_MEMORY_BYTES = 16L << 20;

    /** The resident and pid 1. */
    private static final int OWN_PROCESSES = 2;

    /**
     * The rlimit, whose refusals nobody counts, stands a little above the limit: where a group counts, the group shall
     * be the one that refuses; where none does, who is seen between the two is known to want more than the limit.
     */
    private static final int RLIMIT_HEADROOM = 16;

    /** For the kernel to take the disk of the run before apart: milliseconds, or more for one that was full. */
    private static final long LOWERING_NANOS = TimeUnit.SECONDS.toNanos(2);

    /** Between two runs, while an interpreter imports packages. */
    private static final RunLimits GETTING_READY =
            new RunLimits(Duration.ofMinutes(1), Duration.ofMinutes(1), 1, 1L << 30, 64, 1024, 1L << 20, 64, 0, 0);

    private static final Logger LOG = System.getLogger(SlotRunner.class.getName());

    private static final long LOWERING_PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(2);

    private final ProgramImage program;
    private final byte[] filter;
    private final SlotCgroup cgroup;
    private final Enforcement enforcement;
    private final Identity identity;
    private final PlanMemory plans;
    private final Nurseries nurseries;
    private @Nullable Resident resident;
    private @Nullable GroupLimits groupLimits;
    private boolean closed;

    /**
     * What all slots of an agent share.
     *
     * @param program sandbox-init
     * @param filter array of struct sock_filter
     * @param zygotes what they are made of, or null for none
     */
    @SuppressWarnings("ArrayRecordComponent") // held, never compared
    public record Machinery(ProgramImage program, byte[] filter, Cgroups cgroups, Nursery.@Nullable Tools zygotes) {}

    private SlotRunner(Machinery machinery, SlotCgroup cgroup, Enforcement enforcement, Identity identity) {
        this.program = machinery.program();
        this.filter = machinery.filter();
        this.cgroup = cgroup;
        this.enforcement = enforcement;
        this.identity = identity;
        this.plans = new PlanMemory(identity, HostFiles.real());
        this.nurseries = new Nurseries(machinery.zygotes(), identity, cgroup);
    }

    /** The slot of that index; its resident starts with the first run. */
    public static SlotRunner open(Machinery machinery, int index) {
        Enforcement enforcement = Enforcement.of(machinery.cgroups().layers().keySet());
        Identity identity = Identity.ofSlot(Ids.own(), ProcessHandle.current().pid(), index);
        return new SlotRunner(machinery, machinery.cgroups().slot(index), enforcement, identity);
    }

    /** Runs one command in one fresh sandbox. Never throws for what a guest or a request does. */
    public RunResult run(RunRequest request, Cancellation cancellation) {
        return run(request, cancellation, OutputListener.NONE);
    }

    /** Likewise, with someone who hears what the command prints while it runs. */
    public synchronized RunResult run(RunRequest request, Cancellation cancellation, OutputListener listener) {
        try {
            RequestCheck.check(request);
            if (cancellation.isCancelled()) {
                return RunResult.neverRan(Outcome.CANCELLED, "The run was cancelled before it started.");
            }
            return runChecked(request, cancellation, listener);
        } catch (CancellationException e) {
            return RunResult.neverRan(Outcome.CANCELLED, "The run was cancelled before it started.");
        } catch (InvalidRequestException | ArchiveRefusedException e) {
            return RunResult.neverRan(Outcome.INVALID_INPUT, sentence(e));
        } catch (SandboxFailure e) {
            Outcome outcome = e.isOfCommand() ? Outcome.INVALID_INPUT : Outcome.SANDBOX_ERROR;
            return RunResult.neverRan(outcome, sentence(e));
        } catch (IOException | UncheckedIOException e) {
            return RunResult.neverRan(Outcome.SANDBOX_ERROR, "The sandbox failed: " + sentence(e));
        }
    }

    private static String sentence(Exception e) {
        return e.getMessage() == null ? e.toString() : e.getMessage();
    }

    private RunResult runChecked(RunRequest request, Cancellation cancellation, OutputListener listener)
            throws IOException {
        var run = new Run(request, cancellation, listener, System.nanoTime());
        Resident present = present();
        ZygoteKind kind = ZygoteKind.of(request);
        Nursery nursery = nurseries.find(kind);
        try {
            return nursery == null || kind == null ? cold(present, run) : forked(nursery, kind, run);
        } finally {
            prepareNext(kind, request);
        }
    }

    /** One run, wherever it starts. */
    private record Run(RunRequest request, Cancellation cancellation, OutputListener listener, long startNanos) {}

    private RunResult cold(Resident present, Run run) throws IOException {
        limitGroup(run.request().limits());
        long id = present.nextId();
        try (PreparedSandbox sandbox =
                present.request(id, plans.plan(id, Layout.Wanted.of(Room.PLAIN, run.request())))) {
            return start(sandbox, run, Start.COLD);
        } catch (IOException e) {
            plans.forget();
            throw e;
        }
    }

    /** Whatever goes wrong before the program's first byte is no reason not to run it. */
    private RunResult forked(Nursery nursery, ZygoteKind kind, Run run) throws IOException {
        PreparedSandbox sandbox = nurseries.takeAhead(nursery, run.request());
        Start start = sandbox == null || sandbox.readyNanos() == 0 ? Start.FORKED : Start.WARM;
        try {
            limitGroup(run.request().limits());
            if (sandbox == null) {
                sandbox = nursery.request(Layout.Wanted.of(Room.NESTED, run.request()));
            }
            return start(sandbox, run, start);
        } catch (IOException e) {
            boolean mayHaveBegun = sandbox != null && sandbox.isTold();
            if (!(e instanceof SandboxFailure) && (mayHaveBegun || nursery.isAlive())) {
                throw e;
            }
            LOG.log(Level.WARNING, "A run starts cold, since it was not forked: {0}", e.getMessage());
        } finally {
            if (sandbox != null) {
                sandbox.close();
            }
        }
        nurseries.forget(kind);
        return cold(present(), run);
    }

    /** Runs do not wait for what may make a later one start sooner, and do not fail for it. */
    private void prepareNext(@Nullable ZygoteKind kind, RunRequest request) {
        try {
            if (kind != null && nurseries.isWanted(kind) && resident != null && resident.isUsable()) {
                limitGroup(GETTING_READY);
                nurseries.start(kind, resident);
            } else {
                nurseries.makeAhead(kind, request);
            }
        } catch (IOException e) {
            LOG.log(Level.WARNING, "Nothing is ready for the next run: {0}", e.getMessage());
        }
    }

    private void limitGroup(RunLimits limits) throws IOException {
        limitGroup(new GroupLimits(
                limits.memoryBytes() + limits.diskBytes() + OWN_MEMORY_BYTES + nurseries.memoryBytes(),
                limits.processes() + OWN_PROCESSES + nurseries.processes(),
                limits.cores()));
    }

    /** Nobody else sets the slot's limits, so what was set last need not be read again. */
    private void limitGroup(GroupLimits wanted) throws IOException {
        if (!wanted.equals(groupLimits)) {
            groupLimits = null;
            lower(wanted);
            groupLimits = wanted;
        }
    }

    /** The kernel refuses less than what is in use, and the disk of the run before goes a moment after its end. */
    private void lower(GroupLimits wanted) throws IOException {
        long deadlineNanos = System.nanoTime() + LOWERING_NANOS;
        while (true) {
            try {
                cgroup.limit(wanted);
                return;
            } catch (IOException inUse) {
                if (System.nanoTime() > deadlineNanos) {
                    throw inUse;
                }
                LockSupport.parkNanos(LOWERING_PAUSE_NANOS);
            }
        }
    }

    /** The resident of this slot, a new one if the last is gone. */
    private Resident present() throws IOException {
        if (closed) {
            throw new IOException("this slot is closed");
        }
        if (resident != null && !resident.isUsable()) {
            nurseries.close();
            resident.close();
            resident = null;
        }
        if (resident == null) {
            Resident started = Resident.start(program);
            try {
                cgroup.admit(started.pid());
            } catch (IOException e) {
                started.close();
                throw e;
            }
            resident = started;
        }
        return resident;
    }

    /** All of ours happens while the sandbox is being built, if it can. */
    private RunResult start(PreparedSandbox sandbox, Run run, Start start) throws IOException {
        try (Wakeup cancelled = Wakeup.open()) {
            run.cancellation().wakeUpWith(cancelled::wake);
            return start(sandbox, run, start, cancelled);
        } finally {
            run.cancellation().wakeUpWith(null);
        }
    }

    private RunResult start(PreparedSandbox sandbox, Run run, Start start, Wakeup cancelled) throws IOException {
        RunRequest request = run.request();
        Cancellation cancellation = run.cancellation();
        OutputListener listener = run.listener();
        RunLimits limits = request.limits();
        byte[] launch = Launch.plan(request, identity, (long) limits.processes() + RLIMIT_HEADROOM, filter);
        try (Pipe stdin = Pipe.toWrite();
                Pipe stdout = Pipe.toRead();
                Pipe stderr = Pipe.toRead();
                StdinFeed feed = new StdinFeed(stdin.writer(), request.stdin())) {
            int keptBytes = limits.outputKeptBytes();
            StreamCapture out =
                    new StreamCapture(stdout.reader(), keptBytes, bytes -> listener.printed(Stream.STDOUT, bytes));
            StreamCapture err =
                    new StreamCapture(stderr.reader(), keptBytes, bytes -> listener.printed(Stream.STDERR, bytes));
            var meter = nurseries.without(cgroup.meter(sandbox::pid), enforcement);
            sandbox.write(request.inputs(), identity, request.outputs().wantsOnlyChanged(), cancellation);
            sandbox.open(request.door());
            // Written by the agent, and charged to it.
            long inputBytes = sandbox.space().usedBytes();
            Instant started = Instant.now();
            sandbox.go(launch, stdin, stdout, stderr);
            LimitWatch.Disk disk = () -> Math.max(0, sandbox.space().usedBytes() - inputBytes);
            LimitWatch watch = new LimitWatch(limits, meter, enforcement, disk, System.nanoTime());
            var connections = new RunLoop.Connections(feed, out, err, cancelled);
            try (RunLoop loop = new RunLoop(sandbox, connections, watch, enforcement.tickMs())) {
                loop.run(stdin.writer(), stdout.reader(), stderr.reader());
                PhaseTimes phases = phases(sandbox, watch, run.startNanos(), start);
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
            return result.failed("The outputs could not be kept: " + sentence(e));
        }
    }

    private static PhaseTimes phases(PreparedSandbox sandbox, LimitWatch watch, long startNanos, Start start) {
        long readyNanos = sandbox.readyNanos();
        if (readyNanos == 0) {
            return PhaseTimes.NONE;
        }
        return new PhaseTimes(
                start,
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

    @Override
    public synchronized void close() {
        closed = true;
        nurseries.close();
        if (resident != null) {
            resident.close();
            resident = null;
        }
        cgroup.close();
    }
}
