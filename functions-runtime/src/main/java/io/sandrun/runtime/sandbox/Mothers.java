package io.sandrun.runtime.sandbox;

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
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Stream;
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

    /** A kind that comes once is not worth an interpreter. */
    private static final int RUNS_BEFORE = 2;

    private static final int KINDS_REMEMBERED = 64;

    /** Not tried again. */
    private static final int HOPELESS = Integer.MIN_VALUE;

    private static final int RUNS_AFTER_REFUSAL = -50;

    /** Of one kind: the one that is copied, and the one that will be. */
    private record Line(Mother present, @Nullable Mother next) {}

    private final Template.Tools tools;
    private final WarmMemory warm;
    private final Looks looks = new Looks();
    private final Map<ZygoteKind, Line> lines = new LinkedHashMap<>(16, 0.75f, true);
    private final Map<ZygoteKind, Integer> runs = new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<ZygoteKind, Integer> eldest) {
            return size() > KINDS_REMEMBERED;
        }
    };
    private int made;

    /**
     * @param program sandbox-init
     * @param filter of system calls, for zygotes
     * @param library zygote.so
     * @param script hatch.py
     * @param warm what they need is taken from it
     */
    public Mothers(
            ProgramImage program, Cgroups cgroups, byte[] filter, byte[] library, byte[] script, WarmMemory warm) {
        Identity identity =
                Identity.ofZygotes(Ids.own(), ProcessHandle.current().pid());
        this.tools = new Template.Tools(program, cgroups, identity, filter, library, script);
        this.warm = warm;
    }

    /** What is known of imports; more after {@link #settle}. */
    Looks looks() {
        return looks;
    }

    /** A run of that kind has begun. */
    synchronized void note(@Nullable ZygoteKind kind) {
        if (kind != null && runs.getOrDefault(kind, 0) != HOPELESS) {
            runs.merge(kind, 1, (before, one) -> Math.min(RUNS_BEFORE, before + one));
        }
    }

    private synchronized @Nullable Line line(@Nullable ZygoteKind kind) {
        return kind == null ? null : lines.get(kind);
    }

    /** Waits, with a bound, if the first of that kind has just begun to get ready. */
    void settle(@Nullable ZygoteKind kind) {
        Line line = line(kind);
        if (line != null && kind != null && line.present().state() == Mother.State.STARTING) {
            judge(kind, line.present(), line.present().await());
        }
    }

    /** Whether the first of that kind gets ready just now. */
    boolean isStarting(@Nullable ZygoteKind kind) {
        Line line = line(kind);
        return line != null && line.present().look() == Mother.State.STARTING;
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
            replace(kind, line, new Line(next, null));
            line.present().retire();
            return next;
        }
        Mother present = line.present();
        if (!judge(kind, present, present.look())) {
            return null;
        }
        if (!present.isAlive()) {
            drop(kind, present, 0);
            return null;
        }
        return present;
    }

    /** Whether it can be copied. A kind whose zygote will never be ready is done with. */
    private boolean judge(ZygoteKind kind, Mother mother, Mother.State state) {
        switch (state) {
            case HOPELESS -> drop(kind, mother, HOPELESS);
            case CROWDED -> drop(kind, mother, RUNS_AFTER_REFUSAL);
            case STARTING, READY -> {}
        }
        return state == Mother.State.READY;
    }

    private synchronized void replace(ZygoteKind kind, Line old, Line line) {
        if (old.equals(lines.get(kind))) {
            lines.put(kind, line);
        }
    }

    private void drop(ZygoteKind kind, Mother mother, int runsAfterwards) {
        Line line;
        synchronized (this) {
            line = lines.get(kind);
            if (line == null || (line.present() != mother && line.next() != mother)) {
                return;
            }
            lines.remove(kind);
            // There may be room for the next when this one has gone.
            boolean isReplaced = runsAfterwards == RUNS_AFTER_REFUSAL && line.next() == mother;
            runs.put(kind, isReplaced ? RUNS_BEFORE : runsAfterwards);
        }
        retire(List.of(line));
    }

    private static void retire(List<Line> lines) {
        for (Line line : lines) {
            line.present().retire();
            if (line.next() != null) {
                line.next().retire();
            }
        }
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
            lines.put(kind, line == null ? new Line(started, null) : new Line(line.present(), started));
            if (lines.size() > MOST) {
                gone.add(Objects.requireNonNull(
                        lines.remove(lines.keySet().iterator().next())));
            }
        }
        retire(gone);
        started.start();
    }

    private synchronized boolean isDue(ZygoteKind kind) {
        Line line = lines.get(kind);
        return line == null
                ? runs.getOrDefault(kind, 0) >= RUNS_BEFORE && !warm.isFull()
                : line.next() == null && line.present().isWorn();
    }

    /** Whoever runs no more of a kind does not look whether its imports go on. */
    private void lookAtAll() {
        Map<ZygoteKind, Line> all;
        synchronized (this) {
            all = Map.copyOf(lines);
        }
        all.forEach((kind, line) -> {
            judge(kind, line.present(), line.present().look());
            if (line.next() != null) {
                judge(kind, line.next(), line.next().look());
            }
        });
    }

    private boolean isBusy() {
        return lines.values().stream()
                        .flatMap(line -> Stream.of(Optional.of(line.present()), Optional.ofNullable(line.next())))
                        .flatMap(Optional::stream)
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
