package io.sandrun.runtime.sandbox;

import io.sandrun.runtime.Cancellation;
import io.sandrun.runtime.cgroup.Cgroups;
import io.sandrun.runtime.linux.Ids;
import io.sandrun.runtime.linux.ProgramImage;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The zygotes of a node, one for each kind that is asked for often, and the next of a kind while that gets ready.
 * Thread-safe: every slot asks here for copies. Imports go on beside runs, in groups of their own.
 */
public final class Mothers implements AutoCloseable {
    /** Kinds: each takes what its imports take. */
    private static final int MOST = 8;

    /**
     * Whose imports go on at one time. Each takes a processor, and no run is charged with it: so whoever makes up kinds
     * shall not have many. A second one, because imports may hang.
     */
    private static final int MOST_STARTING = 2;

    private final Template.Tools tools;
    private final WarmMemory warm;
    private final Looks looks = new Looks();
    private final Map<ZygoteKind, Line> lines = new LinkedHashMap<>(16, 0.75f, true);
    private final Demand demand = new Demand(System.nanoTime());
    private int made;

    /**
     * @param program sandbox-init
     * @param filter of system calls, for zygotes
     * @param warm what they need is taken from it
     */
    public Mothers(ProgramImage program, Cgroups cgroups, byte[] filter, ZygoteFiles files, WarmMemory warm) {
        Identity identity =
                Identity.ofZygotes(Ids.own(), ProcessHandle.current().pid());
        this.tools = new Template.Tools(program, cgroups, identity, filter, files);
        this.warm = warm;
    }

    /** What is known of imports; more after {@link #settle}. */
    Looks looks() {
        return looks;
    }

    /** A run of that kind has begun. */
    synchronized void note(@Nullable ZygoteKind kind) {
        if (kind != null) {
            demand.note(kind);
        }
    }

    private synchronized @Nullable Line line(@Nullable ZygoteKind kind) {
        return kind == null ? null : lines.get(kind);
    }

    /**
     * Waits, with a bound, if the first of that kind has just begun to get ready.
     *
     * @throws java.util.concurrent.CancellationException at once when it is cancelled
     */
    void settle(@Nullable ZygoteKind kind, Cancellation cancellation) {
        Line line = line(kind);
        if (line != null && kind != null && line.present().state() == Mother.State.STARTING && isPromising(kind)) {
            judge(kind, line.present(), line.present().await(cancellation));
        }
    }

    private synchronized boolean isPromising(ZygoteKind kind) {
        return demand.isPromising(kind);
    }

    /** Whether the first of that kind gets ready just now, and a run would wait for it. */
    boolean isStarting(@Nullable ZygoteKind kind) {
        Line line = line(kind);
        return line != null && kind != null && line.present().look() == Mother.State.STARTING && isPromising(kind);
    }

    /** What copies can be made of now, or null. */
    @Nullable
    Mother find(@Nullable ZygoteKind kind) {
        Line line = line(kind);
        if (line == null || kind == null) {
            return null;
        }
        Mother next = line.next();
        if (next != null && judge(kind, next, next.look())) {
            leave(kind, line.present(), false);
            return next;
        }
        Mother present = line.present();
        if (!judge(kind, present, present.look())) {
            return null;
        }
        boolean isAlive = present.isAlive();
        if (!isAlive || present.wear().isSpent()) {
            leave(kind, present, !isAlive);
            return null;
        }
        return present;
    }

    /**
     * Whether no slot could have anything better for that kind, nor soon, than a copy of this one; than none, if it is
     * null.
     */
    synchronized boolean isBest(@Nullable ZygoteKind kind, @Nullable Mother copied) {
        Line line = line(kind);
        return line == null ? copied == null : line.present() == copied && line.next() == null;
    }

    /** Whether it can be copied. */
    private boolean judge(ZygoteKind kind, Mother mother, Mother.State state) {
        switch (state) {
            case FAILED, CROWDED -> giveUp(kind, mother, state);
            case STARTING, READY -> {}
        }
        return state == Mother.State.READY;
    }

    /** One did not get ready. The one before it goes on, if it does what it should and is not in the way. */
    private void giveUp(ZygoteKind kind, Mother mother, Mother.State state) {
        List<Mother> gone;
        synchronized (this) {
            Line line = lines.get(kind);
            if (line == null || !line.all().contains(mother)) {
                return;
            }
            boolean isNext = mother == line.next();
            boolean isInTheWay = isNext && state == Mother.State.CROWDED;
            if (!isInTheWay) {
                demand.fail(kind, System.nanoTime());
            }
            gone = isNext && (isInTheWay || line.present().wear().isDoubtful()) ? line.all() : List.of(mother);
            gone.forEach(one -> remove(kind, one));
        }
        gone.forEach(Mother::retire);
    }

    /** A copy of that one did not do what it should, or did not come. One that hangs goes at once. */
    void blame(ZygoteKind kind, Mother mother, IOException why) {
        if (why instanceof SandboxFailure failure && failure.isOfHang()) {
            mother.condemn();
            leave(kind, mother, false);
        } else {
            mother.wear().blame();
        }
    }

    /** One goes, because it has done its part or because it is not there any more. */
    private void leave(ZygoteKind kind, Mother mother, boolean isLost) {
        synchronized (this) {
            if (remove(kind, mother)) {
                if (mother.wear().hasServed()) {
                    demand.trust(kind);
                }
                if (isLost || mother.wear().isDoubtful()) {
                    demand.fail(kind, System.nanoTime());
                }
            }
        }
        mother.retire();
    }

    private boolean remove(ZygoteKind kind, Mother mother) {
        Line line = lines.get(kind);
        if (line == null || !line.all().contains(mother)) {
            return false;
        }
        line.without(mother).ifPresentOrElse(rest -> lines.put(kind, rest), () -> lines.remove(kind));
        return true;
    }

    private static void retire(List<Line> lines) {
        lines.forEach(line -> line.all().forEach(Mother::retire));
    }

    /** Starts one of that kind for the runs to come, if it is time for it, and does not wait until it is ready. */
    void prepare(ZygoteKind kind) throws IOException {
        if (!isDue(kind)) {
            return;
        }
        lookAtAll();
        Mother started;
        List<Line> gone = new ArrayList<>();
        synchronized (this) {
            if (!isDue(kind) || isBusy()) {
                return;
            }
            Line line = lines.get(kind);
            started = new Mother(tools, warm, looks, kind, made++);
            if (line == null) {
                demand.count(System.nanoTime());
            }
            lines.put(kind, line == null ? new Line(started, null) : new Line(line.present(), started));
            if (lines.size() > MOST) {
                gone.add(Objects.requireNonNull(
                        lines.remove(lines.keySet().iterator().next())));
            }
        }
        retire(gone);
        started.start();
    }

    /** Whether it is time to {@link #prepare} one of that kind. */
    synchronized boolean isDue(@Nullable ZygoteKind kind) {
        if (kind == null) {
            return false;
        }
        Line line = lines.get(kind);
        return line == null
                ? demand.isDue(kind, System.nanoTime()) && !warm.isFull()
                : line.next() == null && line.present().isWorn() && demand.mayFollow(kind, System.nanoTime());
    }

    /** Whoever runs no more of a kind does not look whether its imports go on. */
    private void lookAtAll() {
        Map<ZygoteKind, Line> all;
        synchronized (this) {
            all = Map.copyOf(lines);
        }
        all.forEach((kind, line) -> line.all().forEach(mother -> judge(kind, mother, mother.look())));
    }

    private boolean isBusy() {
        return lines.values().stream()
                        .flatMap(line -> line.all().stream())
                        .filter(mother -> mother.state() == Mother.State.STARTING)
                        .count()
                >= MOST_STARTING;
    }

    /** Lets go of those of which nobody had a copy for so long. */
    public void letGo(Duration idle) {
        boolean isScarce = warm.isScarce();
        retire(remove(line -> line.present().isIdle(isScarce ? Duration.ZERO : idle)));
    }

    private synchronized List<Line> remove(Predicate<Line> which) {
        List<Line> gone = lines.values().stream().filter(which).toList();
        lines.values().removeAll(gone);
        return gone;
    }

    /** Only when no slot has a copy any more. */
    @Override
    public void close() {
        retire(remove(line -> true));
    }
}
