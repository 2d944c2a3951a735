package io.sandrun.broker.feed;

import io.sandrun.broker.Refusal;
import io.sandrun.broker.log.LogSink;
import io.sandrun.broker.store.CopyTable.Whose;
import io.sandrun.broker.store.Store;
import io.sandrun.protocol.ErrorCode;
import io.sandrun.protocol.JobState;
import io.sandrun.protocol.Json;
import io.sandrun.protocol.Limits;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Tells those who look on what goes on.
 *
 * <p>Theory of operation: one pass, four times a second, takes what has changed and tells it to all; every fourth makes
 * a sample. So whoever looks on costs the jobs nothing, however many there are of either. Samples of the last minutes
 * are kept for those who come. Whose job it is that has changed, and whether it is a verified job's copy, is read from
 * the store, and only if somebody looks on. Thread-safe.
 */
public final class Feed implements Runnable, AutoCloseable {
    /** Between passes: a change is seen at once, as people see. */
    public static final Duration INTERVAL = Duration.ofMillis(250);

    private static final int PASSES_OF_SAMPLE = 4;

    /** Five minutes. */
    private static final int SAMPLES_KEPT = 300;

    /** Jobs that one pass tells of; more are told to have been there. */
    private static final int JOBS_TOLD = 200;

    private final Supplier<Sample> sampling;
    private final ChangedJobs changed;
    private final Store store;
    private final Set<Onlooker> onlookers = ConcurrentHashMap.newKeySet();
    private final ArrayDeque<Sample> samples = new ArrayDeque<>();
    private int passes;
    private volatile boolean isClosed;

    /** @param sampling tells how it stands, and what happened since it was last asked */
    public Feed(Supplier<Sample> sampling, ChangedJobs changed, Store store) {
        this.sampling = sampling;
        this.changed = changed;
        this.store = store;
    }

    /** The samples that are kept, the oldest first. */
    record History(List<Sample> samples) {}

    /** @throws Refusal if nobody else can be taken in */
    public void requireRoom() {
        if (isClosed) {
            throw Refusal.stopping();
        }
        if (onlookers.size() >= Limits.FEED_ONLOOKERS) {
            throw new Refusal(ErrorCode.RATE_LIMITED, "Too many look on already: come again later.");
        }
    }

    /**
     * Takes in one more, from then on until {@link #leave}.
     *
     * @param sees whose jobs alone it may know of; null for everybody's
     */
    public Onlooker join(@Nullable String sees, LogSink sink) {
        Onlooker onlooker = new Onlooker(sees, sink);
        onlooker.tell(event("history", history()));
        synchronized (onlookers) {
            onlookers.add(onlooker);
            changed.setWatched(true);
        }
        if (isClosed) {
            onlooker.end();
        }
        return onlooker;
    }

    public void leave(Onlooker onlooker) {
        // Else one who comes just now could look at nothing.
        synchronized (onlookers) {
            onlookers.remove(onlooker);
            changed.setWatched(!onlookers.isEmpty());
        }
    }

    /** How many look on. */
    public int onlookers() {
        return onlookers.size();
    }

    private synchronized History history() {
        return new History(List.copyOf(samples));
    }

    /**
     * A pass. For one thread at a time.
     *
     * @throws RuntimeException if the store could not be read: then the next pass tells that something was missed
     */
    @Override
    public void run() {
        passes++;
        if (passes % PASSES_OF_SAMPLE == 0) {
            tellSample(sampling.get());
        }
        ChangedJobs.Changes changes = changed.take();
        try {
            tellChanges(changes);
        } catch (RuntimeException unread) {
            changed.miss();
            throw unread;
        }
    }

    private void tellSample(Sample sample) {
        synchronized (this) {
            samples.addLast(sample);
            if (samples.size() > SAMPLES_KEPT) {
                samples.removeFirst();
            }
        }
        if (!onlookers.isEmpty()) {
            String event = event("sample", sample);
            onlookers.forEach(onlooker -> onlooker.tell(event));
        }
    }

    private void tellChanges(ChangedJobs.Changes changes) {
        if (onlookers.isEmpty() || (changes.jobs().isEmpty() && !changes.missed())) {
            return;
        }
        List<Owned> jobs = owned(
                changes.jobs().subList(0, Math.min(JOBS_TOLD, changes.jobs().size())));
        boolean isMissing = changes.missed() || changes.jobs().size() > JOBS_TOLD;
        Map<Optional<String>, Optional<String>> bySeer = new HashMap<>();
        for (Onlooker onlooker : onlookers) {
            bySeer.computeIfAbsent(Optional.ofNullable(onlooker.sees()), sees -> event(jobs, sees, isMissing))
                    .ifPresent(onlooker::tell);
        }
    }

    /** Empty if there is nothing to tell to whoever sees the jobs of this client alone, or everybody's. */
    private static Optional<String> event(List<Owned> jobs, Optional<String> sees, boolean isMissing) {
        List<JobChange> told = jobs.stream()
                .filter(job -> sees.isEmpty() || sees.get().equals(job.client))
                .map(Owned::change)
                .toList();
        return told.isEmpty() && !isMissing
                ? Optional.empty()
                : Optional.of(event("jobs", new ChangedJobs.Changes(told, isMissing)));
    }

    /** @param client whose it is; null if it is not remembered any more */
    private record Owned(@Nullable String client, JobChange change) {}

    private List<Owned> owned(List<JobChange> jobs) {
        if (jobs.isEmpty()) {
            return List.of();
        }
        return store.read(tables -> jobs.stream()
                .flatMap(job -> owned(job, tables.copies().whose(job.jobId())).stream())
                .toList());
    }

    /** A verified job waits when its first copy does; what becomes of copies is nobody's business. */
    private static Optional<Owned> owned(JobChange change, Optional<Whose> known) {
        String client = known.map(Whose::client).orElse(null);
        String original = known.map(Whose::original).orElse(null);
        if (original == null) {
            return Optional.of(new Owned(client, change));
        }
        return change.state() == JobState.PENDING
                ? Optional.of(new Owned(client, JobChange.to(JobState.PENDING, original)))
                : Optional.empty();
    }

    private static String event(String name, Object data) {
        return "event: %s\ndata: %s\n\n".formatted(name, Json.write(data));
    }

    /** Says farewell to all and takes nobody in any more. */
    @Override
    public void close() {
        isClosed = true;
        onlookers.forEach(Onlooker::end);
    }
}
