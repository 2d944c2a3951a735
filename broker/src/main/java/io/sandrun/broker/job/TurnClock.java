package io.sandrun.broker.job;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Where the line of each priority stands, by the turns that were handed out lately. A job joins the line there if
 * nobody waits whom it could be compared with.
 *
 * <p>It is the lowest of the last turns of each class, because nodes that can only serve a class whose jobs stand far
 * behind take turns from there while the line has not come that far. A class that nobody serves any more is forgotten,
 * since the line passes it by. For the writer's thread.
 */
public final class TurnClock {
    /** A class counts for so long after its last job was handed out, milliseconds: more than most jobs take. */
    private static final long REMEMBER_MS = 300_000;

    /** Classes of a priority that are remembered: each submit looks at all of them. */
    private static final int CLASSES_MAX = 256;

    private final Map<Integer, LinkedHashMap<Long, Mark>> byPriority = new HashMap<>();

    private record Mark(long turn, long atMs) {}

    void handedOut(int priority, long classId, long turn, long nowMs) {
        LinkedHashMap<Long, Mark> marks = byPriority.computeIfAbsent(priority, key -> new LinkedHashMap<>());
        // Put anew, so that the order is that of time.
        marks.remove(classId);
        marks.put(classId, new Mark(turn, nowMs));
        while (marks.size() > CLASSES_MAX || marks.values().iterator().next().atMs < nowMs - REMEMBER_MS) {
            marks.remove(marks.keySet().iterator().next());
        }
    }

    /** Null if nothing of this priority was handed out since the broker started. */
    @Nullable
    Long now(int priority) {
        Map<Long, Mark> marks = byPriority.getOrDefault(priority, new LinkedHashMap<>());
        return marks.isEmpty()
                ? null
                : marks.values().stream().mapToLong(Mark::turn).min().getAsLong();
    }
}
