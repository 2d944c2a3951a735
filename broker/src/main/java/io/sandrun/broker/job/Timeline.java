package io.sandrun.broker.job;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.sandrun.broker.store.AttemptRow;
import io.sandrun.broker.store.JobRow;
import io.sandrun.protocol.PhasesMs;
import io.sandrun.protocol.Start;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What happened to a job and when. A node's own times are only lengths, laid out from the moment at which it was handed
 * the job, and never reach beyond the moment at which its report was stored: so all times are by one clock, ours.
 */
public final class Timeline {
    /**
     * @param event submitted, assigned, prepared, started, ended or stored
     * @param at seconds since 1970
     * @param attempt counts from 1; 0 before the first
     * @param ms how long the phase took at its node that ends with this, milliseconds; null where none is told
     * @param start how the program's process came to be that started here; likewise
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Event(
            String event,
            double at,
            int attempt,
            @Nullable Double ms,
            @Nullable Start start) {}

    private final List<Event> events = new ArrayList<>();
    private long latestMs;

    private Timeline() {}

    static List<Event> of(JobRow job, List<AttemptRow> attempts) {
        Timeline timeline = new Timeline();
        timeline.add("submitted", job.createdAtMs(), 0);
        attempts.forEach(timeline::add);
        Long endedAtMs = job.endedAtMs();
        boolean endedUnattempted =
                attempts.isEmpty() || attempts.get(attempts.size() - 1).endedAtMs() == null;
        if (endedAtMs != null && endedUnattempted) {
            timeline.add("stored", endedAtMs, job.attempt());
        }
        return List.copyOf(timeline.events);
    }

    private void add(AttemptRow attempt) {
        int number = attempt.number();
        long assignedAtMs = attempt.assignedAtMs();
        Long endedAtMs = attempt.endedAtMs();
        long untilMs = endedAtMs == null ? Long.MAX_VALUE : endedAtMs;
        add("assigned", assignedAtMs, number);
        Long preparedAtMs = placed(assignedAtMs, attempt.phases().preparedAfterMs(), untilMs);
        Long startedAtMs = placed(assignedAtMs, attempt.phases().startedAfterMs(), untilMs);
        Long endedRunAtMs = placed(assignedAtMs, attempt.phases().endedAfterMs(), untilMs);
        PhasesMs took = attempt.phases().lengths();
        addIfKnown("prepared", preparedAtMs, number, took == null ? null : took.prepare(), null);
        addIfKnown(
                "started",
                startedAtMs != null ? startedAtMs : attempt.startedAtMs(),
                number,
                took == null ? null : took.start(),
                attempt.phases().start());
        addIfKnown("ended", endedRunAtMs, number, took == null ? null : took.run(), null);
        addIfKnown("stored", endedAtMs, number, null, null);
    }

    private static @Nullable Long placed(long fromMs, @Nullable Long afterMs, long untilMs) {
        return afterMs == null ? null : Long.valueOf(Math.min(fromMs + afterMs, untilMs));
    }

    private void addIfKnown(
            String event, @Nullable Long atMs, int attempt, @Nullable Double ms, @Nullable Start start) {
        if (atMs != null) {
            add(event, atMs, attempt, ms, start);
        }
    }

    private void add(String event, long atMs, int attempt) {
        add(event, atMs, attempt, null, null);
    }

    /** A clock that was set back must not make an effect come before its cause. */
    private void add(String event, long atMs, int attempt, @Nullable Double ms, @Nullable Start start) {
        latestMs = Math.max(latestMs, atMs);
        events.add(new Event(event, latestMs / 1000.0, attempt, ms, start));
    }
}
