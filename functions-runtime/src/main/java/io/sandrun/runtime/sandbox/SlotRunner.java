package io.sandrun.runtime.sandbox;

import io.sandrun.runtime.Birth;
import io.sandrun.runtime.Cancellation;
import io.sandrun.runtime.Outcome;
import io.sandrun.runtime.OutputListener;
import io.sandrun.runtime.RunRequest;
import io.sandrun.runtime.RunResult;
import io.sandrun.runtime.Start;
import io.sandrun.runtime.archive.ArchiveRefusedException;
import io.sandrun.runtime.cgroup.Cgroups;
import io.sandrun.runtime.cgroup.Meter;
import io.sandrun.runtime.cgroup.SlotCgroup;
import io.sandrun.runtime.linux.Ids;
import io.sandrun.runtime.linux.ProgramImage;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CancellationException;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * One slot: its resident, its control group, what is ready for the next run, and where a run starts. Thread-safe: runs
 * of one slot wait for each other.
 */
public final class SlotRunner implements AutoCloseable {
    private static final Logger LOG = System.getLogger(SlotRunner.class.getName());

    private final ReentrantLock lock = new ReentrantLock();
    private final ProgramImage program;
    private final SlotCgroup cgroup;
    private final Enforcement enforcement;
    private final PlanMemory plans;
    private final PlanMemory waitersPlans;
    private final WarmMemory warm;
    private final Standby standby;
    private final Expectation expectation = new Expectation();
    private final Mothers mothers;
    private final Nurseries nurseries;
    private final SlotLimits limits;
    private final Conduct conduct;

    /** Ends waits between two runs. */
    private final Cancellation closing = new Cancellation();

    private @Nullable Resident resident;
    private @Nullable Shape last;
    private long lastNanos = System.nanoTime();

    /**
     * What all slots of an agent share.
     *
     * @param program sandbox-init
     * @param filters of jobs
     * @param mothers what slots' zygotes are copied from
     * @param waiter what makes a process wait
     * @param warm what may be taken for all that waits
     */
    public record Machinery(
            ProgramImage program, Filters filters, Cgroups cgroups, Mothers mothers, Waiter waiter, WarmMemory warm) {}

    /**
     * What makes a Node.js wait.
     *
     * @param library node.so
     * @param script wait.cjs
     */
    @SuppressWarnings("ArrayRecordComponent") // held, never compared
    public record Waiter(byte[] library, byte[] script) {
        Map<String, byte[]> files() {
            return Map.of(AwaitedKind.LIBRARY, library, AwaitedKind.SCRIPT, script);
        }
    }

    private SlotRunner(Machinery machinery, SlotCgroup cgroup, Enforcement enforcement, Identity identity) {
        this.program = machinery.program();
        this.cgroup = cgroup;
        this.enforcement = enforcement;
        this.plans = new PlanMemory(identity, HostFiles.real(), Map.of());
        this.waitersPlans =
                new PlanMemory(identity, HostFiles.real(), machinery.waiter().files());
        this.warm = machinery.warm();
        this.standby = new Standby(warm);
        this.mothers = machinery.mothers();
        this.nurseries = new Nurseries(mothers, identity, cgroup, standby, warm);
        this.limits = new SlotLimits(cgroup, nurseries);
        this.conduct = new Conduct(identity, machinery.filters(), enforcement);
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
    public RunResult run(RunRequest request, Cancellation cancellation, OutputListener listener) {
        lock.lock();
        try {
            RequestCheck.check(request);
            if (cancellation.isCancelled()) {
                return RunResult.neverRan(Outcome.CANCELLED, "The run was cancelled before it started.");
            }
            return runChecked(new Run(request, cancellation, listener, System.nanoTime()));
        } catch (CancellationException e) {
            return RunResult.neverRan(Outcome.CANCELLED, "The run was cancelled before it started.");
        } catch (InvalidRequestException | ArchiveRefusedException e) {
            return RunResult.neverRan(Outcome.INVALID_INPUT, Sentence.of(e));
        } catch (SandboxFailure e) {
            Outcome outcome = e.isOfCommand() ? Outcome.INVALID_INPUT : Outcome.SANDBOX_ERROR;
            return RunResult.neverRan(outcome, Sentence.of(e));
        } catch (IOException | UncheckedIOException e) {
            return RunResult.neverRan(Outcome.SANDBOX_ERROR, "The sandbox failed: " + Sentence.of(e));
        } finally {
            lastNanos = System.nanoTime();
            lock.unlock();
        }
    }

    private RunResult runChecked(Run run) throws IOException {
        Cancellation cancellation = run.cancellation();
        present().settle(cancellation);
        nurseries.settle(cancellation);
        mothers.settle(ZygoteKind.of(run.request(), mothers.looks()), cancellation);
        Resident present = present(); // another, if it did not settle
        Shape shape = Shape.of(run.request(), mothers.looks()); // a zygote may have told just now what it looked at
        Nursery nursery = nurseries.find(shape.zygote(), cancellation);
        Standby.Made ahead = standby.take(shape, nursery);
        last = shape;
        expectation.note(shape);
        mothers.note(shape.zygote());
        if (ahead == null && nursery == null) {
            return cold(present, run);
        }
        return sooner(present, new Origin(shape, nursery, ahead), run);
    }

    private RunResult cold(Resident present, Run run) throws IOException {
        limits.set(run.request().limits());
        try (PreparedSandbox sandbox = request(present, plans, Layout.Wanted.of(Room.PLAIN, run.request()))) {
            return conduct.run(run, sandbox, meter(sandbox), Start.COLD, Birth.EXECUTED);
        } catch (IOException e) {
            plans.forget();
            throw e;
        }
    }

    private static PreparedSandbox request(Resident present, PlanMemory from, Layout.Wanted wanted) throws IOException {
        long id = present.nextId();
        return present.request(id, from.plan(id, wanted));
    }

    private Meter meter(PreparedSandbox sandbox) throws IOException {
        return nurseries.without(cgroup.meter(sandbox::pid), enforcement);
    }

    /** What was there before a run: at least one of the two. */
    private record Origin(Shape shape, @Nullable Nursery nursery, Standby.@Nullable Made ahead) {
        Birth birth() {
            return ahead != null ? ahead.birth() : Birth.FORKED;
        }

        Start start() {
            if (ahead != null && ahead.sandbox().readyNanos() != 0) {
                return Start.WARM;
            }
            return nursery != null ? Start.FORKED : Start.COLD;
        }
    }

    /** Whatever goes wrong before the program's first byte is no reason not to run it. */
    private RunResult sooner(Resident present, Origin origin, Run run) throws IOException {
        Nursery nursery = origin.nursery();
        PreparedSandbox sandbox = origin.ahead() == null ? null : origin.ahead().sandbox();
        IOException why;
        try {
            limits.set(run.request().limits());
            if (sandbox == null) {
                sandbox = Objects.requireNonNull(nursery).request(origin.shape().nested());
            }
            return conduct.run(run, sandbox, meter(sandbox), origin.start(), origin.birth());
        } catch (IOException e) {
            boolean isAlive =
                    nursery == null ? present.isUsable() && (sandbox == null || !sandbox.isGone()) : nursery.isAlive();
            if (isFinal(e, origin.birth(), sandbox, isAlive)) {
                throw e;
            }
            LOG.log(Level.WARNING, "A run starts cold, since what was there did not do: {0}", e.getMessage());
            why = e;
        } finally {
            if (sandbox != null) {
                sandbox.close();
            }
        }
        if (nursery != null && origin.shape().zygote() != null) {
            nurseries.blame(origin.shape().zygote(), why);
        }
        if (origin.birth() == Birth.AWAITED) {
            standby.distrust(Objects.requireNonNull(origin.shape().awaited()));
        }
        return cold(present(), run);
    }

    /** Whether a cold start would end the same way, or come too late. */
    private static boolean isFinal(IOException e, Birth birth, @Nullable PreparedSandbox sandbox, boolean isAlive) {
        if (e instanceof SandboxFailure failure) {
            return birth == Birth.EXECUTED && failure.isOfCommand();
        }
        return isAlive || (sandbox != null && sandbox.isTold());
    }

    /**
     * Between two runs: gets ready for the one that is expected, as far as that can be had without waiting for it. Call
     * it when the last one's result is on its way. Does nothing when the next has begun already.
     */
    public void getReady() {
        getReady(present -> {
            nurseries.letRetiredGo();
            getReady(present);
        });
    }

    /**
     * Likewise, but only what the kernel makes by itself, of parts that are there: nothing that somebody else has to
     * do, who may hang, and nothing that ends. What that leaves is for {@link #getReady}.
     */
    public void getReadyAtOnce() {
        getReady(this::makeAtOnce);
    }

    /** What is made for the run that is expected. */
    private interface Preparation {
        void go(Resident present) throws IOException;
    }

    private void getReady(Preparation preparation) {
        if (!lock.tryLock()) {
            return;
        }
        try {
            if (!closing.isCancelled() && resident != null && resident.isUsable() && standby.isEmpty()) {
                preparation.go(resident);
            }
        } catch (CancellationException closed) {
            // There is no next run.
        } catch (IOException | RuntimeException e) {
            // Whatever it is, the next run can do without: it starts cold.
            LOG.log(Level.WARNING, "Nothing is ready for the next run: {0}", e.toString());
        } finally {
            lock.unlock();
        }
    }

    private void getReady(Resident present) throws IOException {
        if (warm.isScarce()) {
            letGo();
            return;
        }
        ZygoteKind due = last == null ? null : last.zygote();
        if (due != null) {
            mothers.prepare(due);
        }
        Shape next = expectation.next();
        if (next == null || mothers.isStarting(next.zygote())) {
            return;
        }
        make(present, next, nurseries.renew(next.zygote(), closing));
    }

    /** Whatever is made keeps {@link #getReady} from doing more: so nothing while there is more to do. */
    private void makeAtOnce(Resident present) throws IOException {
        Shape next = expectation.next();
        if (next == null || last == null || warm.isScarce() || mothers.isDue(last.zygote())) {
            return;
        }
        Nursery nursery = nurseries.present(next.zygote());
        if (mothers.isBest(next.zygote(), nursery == null ? null : nursery.mother())) {
            make(present, next, nursery);
        }
    }

    private void make(Resident present, Shape next, @Nullable Nursery nursery) throws IOException {
        if (nursery != null) {
            limits.renew();
            standby.make(next, nursery, Birth.FORKED, () -> nursery.request(next.nested()));
            return;
        }
        AwaitedKind awaited = next.awaited();
        boolean isMade = awaited != null
                && standby.trusts(awaited)
                && standby.make(next, null, Birth.AWAITED, () -> await(present, next, awaited));
        if (!isMade) {
            standby.make(next, null, Birth.EXECUTED, () -> request(present, plans, next.sandbox()));
        }
    }

    private PreparedSandbox await(Resident present, Shape next, AwaitedKind kind) throws IOException {
        PreparedSandbox sandbox = request(present, waitersPlans, next.sandbox().in(Room.AWAITED));
        try {
            conduct.await(kind, sandbox);
            return sandbox;
        } catch (IOException e) {
            sandbox.close();
            throw e;
        }
    }

    /** Lets go of what waits for runs, if none came for so long. Does not wait for one that goes on. */
    public void letGo(Duration idle) {
        if (!lock.tryLock()) {
            return;
        }
        try {
            if (System.nanoTime() - lastNanos >= idle.toNanos() || warm.isScarce()) {
                letGo();
            }
            nurseries.letRetiredGo();
        } finally {
            lock.unlock();
        }
    }

    private void letGo() {
        standby.close();
        nurseries.close();
    }

    /** The resident of this slot, a new one if the last is gone. */
    private Resident present() throws IOException {
        if (closing.isCancelled()) {
            throw new IOException("this slot is closed");
        }
        if (resident != null && !resident.isUsable()) {
            letGo();
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

    @Override
    public void close() {
        closing.cancel();
        lock.lock();
        try {
            letGo();
            if (resident != null) {
                resident.close();
                resident = null;
            }
            cgroup.close();
        } finally {
            lock.unlock();
        }
    }
}
