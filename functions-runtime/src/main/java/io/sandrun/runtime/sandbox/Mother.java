package io.sandrun.runtime.sandbox;

import io.sandrun.runtime.Cancellation;
import io.sandrun.runtime.cgroup.SlotCgroup;
import io.sandrun.runtime.linux.MessageSocket;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The zygote of one kind for all slots of a node: each slot that runs jobs of the kind has a copy of it, made by a
 * fork, so what imports have left is in memory once. It goes when it is retired and its last copy has gone.
 * Thread-safe.
 */
final class Mother {
    private static final Logger LOG = System.getLogger(Mother.class.getName());

    /** How long after its beginning runs wait for it: nobody knows how long their own imports would take. */
    private static final int PATIENCE_MS = 5_000;

    /** A fork takes milliseconds, and those of others go before; this is for a machine that is on its knees. */
    private static final int COPY_PATIENCE_MS = 5_000;

    /** Large packages from a cold disk take tens of seconds. */
    private static final int LONGEST_START_MS = 60_000;

    /** What became of it. */
    enum State {
        /** Its imports go on. */
        STARTING,
        READY,
        /** There was no room for it; that may change. */
        CROWDED,
        /** It did not get ready; the next may. */
        FAILED
    }

    private final ReentrantLock lock = new ReentrantLock();
    private final Template.Tools tools;
    private final WarmMemory warm;
    private final Looks looks;
    private final ZygoteKind kind;
    private final int number;
    private final Wear wear = new Wear();

    /** Copies, and runs that wait for the first. */
    private final AtomicInteger users = new AtomicInteger();

    private final Set<Wait> waiting = ConcurrentHashMap.newKeySet();
    private final long madeNanos = System.nanoTime();
    private volatile State state = State.STARTING;
    private volatile boolean isRetired;
    private volatile boolean isClosed;
    private volatile long lastNanos = madeNanos;
    private @Nullable Template template;
    private long usedBytes;

    /**
     * @param warm what it needs is taken from it
     * @param looks are told at what its imports have looked
     * @param number that no other has
     */
    Mother(Template.Tools tools, WarmMemory warm, Looks looks, ZygoteKind kind, int number) {
        this.tools = tools;
        this.warm = warm;
        this.looks = looks;
        this.kind = kind;
        this.number = number;
    }

    State state() {
        return state;
    }

    /** Has it made, and does not wait until it is ready. */
    void start() throws IOException {
        lock.lock();
        try {
            present();
        } finally {
            unlock();
        }
    }

    private Template present() throws IOException {
        if (template == null) {
            if (isRetired) {
                throw new IOException("this zygote is not wanted any more");
            }
            template = Template.start(tools, kind, number);
        }
        return template;
    }

    /**
     * Waits for its imports, but not for long ones: a run that starts cold has done its own meanwhile.
     *
     * @throws java.util.concurrent.CancellationException at once when it is cancelled
     */
    State await(Cancellation cancellation) {
        if (state != State.STARTING) {
            return state;
        }
        users.incrementAndGet();
        try (Wait wait = begin(PATIENCE_MS - ageMs(), cancellation)) {
            Template importing = importing();
            while (importing != null && importing.await(wait)) {
                importing = importing();
            }
        } catch (IOException e) {
            LOG.log(Level.WARNING, "A run does not wait for a zygote: {0}", e.getMessage());
        } finally {
            forgetWaits();
            leave();
        }
        return state;
    }

    private Wait begin(long patienceMs, Cancellation cancellation) throws IOException {
        Wait wait = new Wait(patienceMs, cancellation);
        waiting.add(wait);
        return wait;
    }

    private void forgetWaits() {
        waiting.removeIf(wait -> !wait.isOpen());
    }

    /** What is not ready yet, or null. */
    private @Nullable Template importing() {
        lock.lock();
        try {
            settle();
            return state == State.STARTING ? template : null;
        } finally {
            unlock();
        }
    }

    /** What is known without waiting. */
    State look() {
        if (state == State.STARTING && lock.tryLock()) {
            try {
                settle();
            } finally {
                unlock();
            }
        }
        return state;
    }

    private long ageMs() {
        return TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - madeNanos);
    }

    private void settle() {
        if (state != State.STARTING) {
            return;
        }
        try {
            Template present = present();
            boolean isReady = present.isReady();
            if (isReady && hasRoom(present)) {
                wear.begin();
                state = State.READY;
            } else if (isReady) {
                LOG.log(Level.INFO, "Runs start cold: nothing is left of what may wait for them");
                state = State.CROWDED;
            } else if (ageMs() > LONGEST_START_MS) {
                LOG.log(Level.WARNING, "Runs start cold: a zygote took too long to get ready");
                state = State.FAILED;
            }
        } catch (IOException | UncheckedIOException e) {
            LOG.log(Level.WARNING, "Runs start cold: {0}", e.getMessage());
            state = State.FAILED;
        } finally {
            if (template != null) {
                looks.note(kind, template.lookedAt());
            }
            if (state != State.STARTING) {
                waiting.forEach(Wait::wake); // what they wait for was heard here
            }
        }
    }

    private boolean hasRoom(Template present) throws IOException {
        long bytes = present.usedBytes();
        if (!warm.take(bytes)) {
            return false;
        }
        usedBytes = bytes;
        return true;
    }

    Wear wear() {
        return wear;
    }

    /** Whether another should take its place. */
    boolean isWorn() {
        return state == State.READY && wear.isWorn();
    }

    boolean isRetired() {
        return isRetired;
    }

    /** Whether no slot has a copy, and none had for so long. */
    boolean isIdle(Duration idle) {
        return users.get() == 0 && System.nanoTime() - lastNanos >= idle.toNanos();
    }

    /** Whether it can be copied. */
    boolean isAlive() {
        lock.lock();
        try {
            return template != null && state == State.READY && template.isAlive();
        } finally {
            unlock();
        }
    }

    /**
     * A copy for a slot. Only of one that is ready. Waits for it, with a bound, but not for one that {@link #condemn
     * hangs}.
     *
     * @param identity of the slot
     * @param cgroup of the slot, which has the copy from then on
     * @throws SandboxFailure that {@link SandboxFailure#isOfHang} when it did not come in time
     * @throws java.util.concurrent.CancellationException at once when it is cancelled
     */
    Nursery copy(Identity identity, SlotCgroup cgroup, Cancellation cancellation) throws IOException {
        users.incrementAndGet();
        Nursery copy = null;
        try (Wait wait = begin(COPY_PATIENCE_MS, cancellation)) {
            copy = Nursery.await(this, ask(), identity, cgroup, wait);
            return copy;
        } finally {
            forgetWaits();
            if (copy == null) {
                leave();
            }
        }
    }

    /** It hangs, or its copies do: nobody waits for it any more. */
    void condemn() {
        wear.condemn();
        waiting.forEach(Wait::wake);
    }

    private MessageSocket ask() throws IOException {
        MessageSocket.Pair pair = MessageSocket.pair();
        lock.lock();
        try (var theirs = pair.theirs()) {
            present().copy(theirs);
            return pair.ours();
        } catch (IOException e) {
            pair.ours().close();
            throw e;
        } finally {
            unlock();
        }
    }

    /** A copy has gone, or who has waited. */
    void leave() {
        lastNanos = System.nanoTime();
        users.decrementAndGet();
        closeIfUnused();
    }

    /** No slot shall have a copy any more; those that have one may use it until they have another. */
    void retire() {
        isRetired = true;
        closeIfUnused();
    }

    private void unlock() {
        lock.unlock();
        closeIfUnused();
    }

    /**
     * Whoever has the lock meanwhile looks again afterwards, so nobody waits for imports that nobody wants. That holds
     * here as well: the last copy may go while this looks. Nor does anybody wait for the end, but who brings it about.
     */
    private void closeIfUnused() {
        Template gone = null;
        while (isRetired && users.get() == 0 && !isClosed && lock.tryLock()) {
            try {
                gone = takeTemplate();
            } finally {
                lock.unlock();
            }
        }
        if (gone != null) {
            gone.close();
            warm.give(usedBytes);
        }
    }

    private @Nullable Template takeTemplate() {
        if (users.get() > 0 || isClosed) {
            return null;
        }
        isClosed = true;
        Template gone = template;
        template = null;
        return gone;
    }
}
