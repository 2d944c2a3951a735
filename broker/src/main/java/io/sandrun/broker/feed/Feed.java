package io.sandrun.broker.feed;

import io.sandrun.broker.Refusal;
import io.sandrun.broker.log.LogSink;
import io.sandrun.broker.store.Store;
import io.sandrun.protocol.ErrorCode;
import io.sandrun.protocol.Json;
import io.sandrun.protocol.Limits;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * Tells those who look on what goes on.
 *
 * <p>Theory of operation: one pass, four times a second, takes what has changed and tells it to all; every fourth makes
 * a sample. So whoever looks on costs the jobs nothing, however many there are of either. Samples of the last minutes
 * are kept for those who come. Whose job it is that has changed is read from the store, and only if somebody looks on
 * who may not know of everybody's. Thread-safe.
 */
public final class Feed implements Runnable, AutoCloseable {
    /** Between passes: a change is seen at once, as people see. */
    public static final Duration INTERVAL = Duration.ofMillis(250);

    private static final int PASSES_OF_SAMPLE = 4;

    /** Five minutes. */
    private static final int SAMPLES_KEPT = 300;

    /** Jobs that one pass tells of; more are told to have been there. */
    private static final int JOBS_TOLD = 200;

    private final Activity activity;
    private final Store store;
    private final Executor executor;
    private final Set<Onlooker> onlookers = ConcurrentHashMap.newKeySet();
    private final ArrayDeque<Sample> samples = new ArrayDeque<>();
    private final AtomicBoolean isBusy = new AtomicBoolean();
    private int passes;
    private volatile boolean isClosed;

    /** @param executor runs the passes, which may read the store */
    public Feed(Activity activity, Store store, Executor executor) {
        this.activity = activity;
        this.store = store;
        this.executor = executor;
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
        onlookers.add(onlooker);
        activity.setWatched(true);
        if (isClosed) {
            onlooker.end();
        }
        return onlooker;
    }

    public void leave(Onlooker onlooker) {
        onlookers.remove(onlooker);
        activity.setWatched(!onlookers.isEmpty());
    }

    private synchronized History history() {
        return new History(List.copyOf(samples));
    }

    /** A pass, on another thread than the timer's; one that is late is not overtaken. */
    @Override
    public void run() {
        if (isBusy.compareAndSet(false, true)) {
            try {
                executor.execute(this::pass);
            } catch (RejectedExecutionException stopping) {
                isBusy.set(false);
            }
        }
    }

    private void pass() {
        try {
            tellChanges(activity.takeChanges());
            passes++;
            if (passes % PASSES_OF_SAMPLE == 0) {
                tellSample(activity.sample());
            }
        } finally {
            isBusy.set(false);
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

    private void tellChanges(Activity.Changes changes) {
        if (onlookers.isEmpty() || (changes.jobs().isEmpty() && !changes.missed())) {
            return;
        }
        List<JobChange> jobs =
                changes.jobs().subList(0, Math.min(JOBS_TOLD, changes.jobs().size()));
        boolean isMissing = changes.missed() || jobs.size() < changes.jobs().size();
        String toAll = event("jobs", new Activity.Changes(jobs, isMissing));
        Map<String, List<JobChange>> byOwner = new HashMap<>();
        if (onlookers.stream().anyMatch(onlooker -> onlooker.sees() != null)) {
            byOwner.putAll(byOwner(jobs));
        }
        for (Onlooker onlooker : onlookers) {
            String sees = onlooker.sees();
            if (sees == null) {
                onlooker.tell(toAll);
                continue;
            }
            List<JobChange> own = byOwner.getOrDefault(sees, List.of());
            if (!own.isEmpty() || isMissing) {
                onlooker.tell(event("jobs", new Activity.Changes(own, isMissing)));
            }
        }
    }

    private Map<String, List<JobChange>> byOwner(List<JobChange> jobs) {
        return store.read(tables -> {
            Map<String, List<JobChange>> byOwner = new HashMap<>();
            for (JobChange job : jobs) {
                Optional<String> owner = tables.jobs().client(job.jobId());
                owner.ifPresent(client -> byOwner.computeIfAbsent(client, first -> new ArrayList<>())
                        .add(job));
            }
            return byOwner;
        });
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
