package io.sandrun.broker.job;

import io.sandrun.broker.FreshId;
import io.sandrun.broker.Refusal;
import io.sandrun.broker.artifact.Hold;
import io.sandrun.broker.job.JobRequest.Wishes;
import io.sandrun.broker.requirement.RequirementClass;
import io.sandrun.broker.requirement.RequirementClasses;
import io.sandrun.broker.store.IdempotencyTable.ClientKey;
import io.sandrun.broker.store.IdempotencyTable.Kept;
import io.sandrun.broker.store.JobRow;
import io.sandrun.broker.store.JobTable.NewJob;
import io.sandrun.broker.store.JobTable.Schedule;
import io.sandrun.broker.store.JobTable.Waiting;
import io.sandrun.broker.store.Store;
import io.sandrun.broker.store.Tables;
import io.sandrun.protocol.ErrorCode;
import io.sandrun.protocol.JobFiles;
import io.sandrun.protocol.JobSpec;
import io.sandrun.protocol.JobState;
import io.sandrun.protocol.Json;
import io.sandrun.protocol.identity.Digest;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** Where jobs come in: all of a request or none, and none twice under one key. Thread-safe. */
public final class JobIntake {
    private final Store store;
    private final Clock clock;
    private final FreshId freshId;
    private final RequirementClasses classes;
    private final JobNews news;
    private final TurnClock turns;
    private final ResultCache cache;

    /** Nodes must not guess which of their answers will be checked. */
    private final SecureRandom dice = new SecureRandom();

    public JobIntake(
            Store store,
            Clock clock,
            FreshId freshId,
            RequirementClasses classes,
            JobNews news,
            TurnClock turns,
            ResultCache cache) {
        this.store = store;
        this.clock = clock;
        this.freshId = freshId;
        this.classes = classes;
        this.news = news;
        this.turns = turns;
        this.cache = cache;
    }

    /**
     * Who submits.
     *
     * @param client stands for the submitter, whose keys are its own; clients take turns, however much each has waiting
     * @param idempotencyKey what the client calls this request, so that it may send it again; null for nothing
     * @param places of its quota, which the jobs use or which are given back
     */
    public record Submitter(String client, @Nullable String idempotencyKey, Places places) {
        /** One of whom nothing is counted. */
        public Submitter(String client, @Nullable String idempotencyKey) {
            this(client, idempotencyKey, Places.UNCOUNTED);
        }
    }

    /**
     * What became of one job of a submit: it may have been there before, or have its result at once.
     *
     * @param outputBytes of the files that it has with such a result
     */
    public record Settled(String jobId, boolean isRepeated, boolean hasEnded, long outputBytes) {}

    /** Places of a client's quota that were taken for a submit. */
    public interface Places {
        Places UNCOUNTED = new Places() {
            @Override
            public void settle(List<Settled> written) {}

            @Override
            public void giveBack() {}
        };

        /** The jobs are written. On the writer's thread, before anything else can happen to them. */
        void settle(List<Settled> written);

        /** The submit failed: none of them was, unless they are settled. */
        void giveBack();
    }

    /**
     * @param status the older clients' word for the state
     * @param position its place in the whole queue, from 1; 0 for a job that does not wait (any more)
     * @param cachedFrom the job whose result this one was given, or null
     */
    public record Submitted(
            String jobId,
            String status,
            JobState state,
            long position,
            @Nullable String cachedFrom) {}

    /**
     * The jobs of a request that was sent before under the same key; empty without a key, or if one of them is not
     * remembered. Reads the store.
     *
     * @throws Refusal if the client used its key for something else before
     */
    public Optional<List<Submitted>> repeated(
            List<JobRequest> requests, String client, @Nullable String idempotencyKey) {
        if (idempotencyKey == null) {
            return Optional.empty();
        }
        String requestSha256 = Fingerprint.of(requests);
        List<JobRow> earlier = store.read(tables -> IntStream.range(0, requests.size())
                .mapToObj(position -> new ClientKey(client, idempotencyKey, position))
                .flatMap(key -> earlier(tables, key, requestSha256).stream())
                .toList());
        return earlier.size() == requests.size()
                ? Optional.of(earlier.stream().map(this::submitted).toList())
                : Optional.empty();
    }

    /** Accepts jobs that begin with no files; see {@link #submit(List, Submitter, Hold)}. */
    public CompletableFuture<List<Submitted>> submit(List<JobRequest> requests, Submitter submitter) {
        return submit(requests, submitter, Hold.ofNothing());
    }

    /**
     * Accepts these jobs, in their order; completes after the commit.
     *
     * @param files holds what the jobs begin with; closed here when the jobs refer to it, or are refused
     * @return fails with a {@link Refusal} if the submitter used its key for something else before, or if the needs are
     *     new and there are too many already
     */
    public CompletableFuture<List<Submitted>> submit(List<JobRequest> requests, Submitter submitter, Hold files) {
        try {
            requests.forEach(request -> requireHeld(request.spec().files(), files));
            return write(requests, submitter).whenComplete((submitted, failure) -> {
                files.close();
                if (failure != null) {
                    submitter.places.giveBack();
                }
            });
        } catch (RuntimeException failed) {
            files.close();
            submitter.places.giveBack();
            throw failed;
        }
    }

    /** A job whose files might be deleted under it is not accepted. */
    private static void requireHeld(JobFiles jobFiles, Hold files) {
        for (JobFiles.Input input : jobFiles.inputs()) {
            if (!files.has(input.sha256())) {
                throw new Refusal(
                        ErrorCode.UNAVAILABLE,
                        "A file of this job is not there (any more): submit it again with its files.",
                        Map.of("sha256", input.sha256()));
            }
        }
    }

    private CompletableFuture<List<Submitted>> write(List<JobRequest> requests, Submitter submitter) {
        String requestSha256 = submitter.idempotencyKey == null ? "" : Fingerprint.of(requests);
        List<Entry> entries = new ArrayList<>(requests.size());
        for (JobRequest request : requests) {
            entries.add(entry(request, submitter, key(submitter, entries.size()), requestSha256));
        }
        return store.write(
                tables -> entries.stream().map(entry -> take(tables, entry)).toList(), taken -> {
                    submitter.places.settle(taken.stream().map(Taken::settled).toList());
                    return taken.stream().map(this::announce).toList();
                });
    }

    private static @Nullable ClientKey key(Submitter submitter, int position) {
        String written = submitter.idempotencyKey;
        return written == null ? null : new ClientKey(submitter.client, written, position);
    }

    /** A job that is about to be written, and what it needs. */
    private record Entry(
            NewJob job, String canonicalNeeds, @Nullable ClientKey key, String requestSha256) {}

    /**
     * @param ready a job that was there before, or has its result at once; null for one that waits from now on
     * @param outputBytes of the files that it has with such a result
     * @param waiting what a node will be handed: the job, or its first copy
     */
    private record Taken(
            Entry entry, long classId, @Nullable JobRow ready, long outputBytes, Waiting waiting) {
        static Taken ready(Entry entry, JobRow job, long outputBytes) {
            return new Taken(
                    entry, job.classId(), job, outputBytes, new Waiting(job.id(), job.classId(), job.client()));
        }

        Settled settled() {
            String id = ready == null ? entry.job.id() : ready.id();
            return new Settled(
                    id,
                    !id.equals(entry.job.id()),
                    ready != null && ready.state().isFinal(),
                    outputBytes);
        }
    }

    private Entry entry(JobRequest request, Submitter submitter, @Nullable ClientKey key, String requestSha256) {
        JobSpec spec = request.spec();
        long nowMs = clock.millis();
        NewJob job = new NewJob(
                freshId.job(),
                submitter.client,
                spec.interpreter(),
                programHash(spec),
                Json.write(spec),
                Math.round(spec.limits().timeout() * 1000),
                nowMs,
                schedule(request.wishes(), nowMs),
                cacheKey(request, submitter.client),
                spec.files().inputs(),
                request.verify());
        return new Entry(job, RequirementClass.canonical(spec), key, requestSha256);
    }

    /** Names the program: a snippet's text, or a project's files and where it begins. */
    private static String programHash(JobSpec spec) {
        JobFiles files = spec.files();
        return files.isProject()
                ? Fingerprint.of(Arrays.asList(files.inputs(), files.entrypoint()))
                : Digest.ofText(spec.code());
    }

    /** Names what the job computes, and for whom. Results of those who do not share theirs are under other keys. */
    private static @Nullable String cacheKey(JobRequest request, String client) {
        JobSpec spec = request.spec();
        return switch (request.reuse()) {
            case NEVER -> null;
            case OWN, SHARED -> {
                String owner = request.reuse() == JobRequest.Reuse.SHARED ? "" : client;
                yield Fingerprint.of(Arrays.asList(
                        owner,
                        spec.code(),
                        spec.interpreter(),
                        spec.needs().interpreterVersion(),
                        spec.needs().environment(),
                        spec.args(),
                        spec.env(),
                        spec.stdin(),
                        spec.limits(),
                        spec.files(),
                        // What one node says is no answer for who wants it verified.
                        request.verify()));
            }
        };
    }

    private static Schedule schedule(Wishes wishes, long nowMs) {
        Long notBeforeMs = wishes.notBeforeMs();
        Long dueAtMs = notBeforeMs != null && notBeforeMs > nowMs ? notBeforeMs : null;
        return new Schedule(wishes.priority(), wishes.retries(), wishes.retryBackoffMs(), dueAtMs);
    }

    private Taken take(Tables tables, Entry entry) {
        ClientKey key = entry.key;
        Optional<JobRow> earlier = key == null ? Optional.empty() : earlier(tables, key, entry.requestSha256);
        if (earlier.isPresent()) {
            return Taken.ready(entry, earlier.get(), 0);
        }
        long classId = classes.intern(tables, entry.canonicalNeeds);
        Optional<JobRow> served = cache.serve(tables, entry.job, classId);
        long seq = served.map(JobRow::seq)
                .orElseGet(() -> tables.jobs()
                        .insert(
                                entry.job,
                                classId,
                                turns.now(entry.job.schedule().priority())));
        if (key != null) {
            tables.idempotency().keep(key, entry.requestSha256, seq);
        }
        return served.map(ready -> Taken.ready(entry, ready, tables.usage().outputBytes(seq)))
                .orElseGet(() -> new Taken(entry, classId, null, 0, waiting(tables, entry.job, classId, seq)));
    }

    /** What a node will be handed; the claim of one that waits may have it with the same commit. */
    private Waiting waiting(Tables tables, NewJob job, long classId, long seq) {
        if (job.verify() != null) {
            return firstCopy(tables, job, seq);
        }
        Waiting waiting = new Waiting(job.id(), classId, job.client());
        if (job.schedule().dueAtMs() == null) {
            news.arriving(waiting);
        }
        return waiting;
    }

    /** A verified job is in no line: its copies are, and the others are made when it is known who has the first. */
    private Waiting firstCopy(Tables tables, NewJob job, long seq) {
        tables.copies().open(seq, dice.nextLong());
        return tables.copies()
                .insert(seq, freshId.job(), false, job.schedule().dueAtMs(), job.createdAtMs())
                .orElseThrow(() -> new IllegalStateException("job " + job.id() + " takes no copy"));
    }

    private static Optional<JobRow> earlier(Tables tables, ClientKey key, String requestSha256) {
        Optional<Kept> kept = tables.idempotency().find(key);
        if (kept.isPresent() && !kept.get().requestSha256().equals(requestSha256)) {
            throw new Refusal(
                    ErrorCode.IDEMPOTENCY_CONFLICT,
                    "This Idempotency-Key was used for another request before.",
                    Map.of("job_id", kept.get().jobId()));
        }
        return kept.flatMap(known -> tables.jobs().find(known.jobId()));
    }

    private Submitted announce(Taken taken) {
        classes.learn(taken.classId, taken.entry.canonicalNeeds);
        if (!taken.settled().isRepeated()) {
            news.written();
        }
        JobRow ready = taken.ready;
        if (ready != null) {
            return submitted(ready);
        }
        NewJob job = taken.entry.job;
        long position = news.submitted(taken.waiting, job.schedule().dueAtMs());
        String status = JobState.PENDING.legacyStatus(job.isProject());
        return new Submitted(job.id(), status, JobState.PENDING, position, null);
    }

    /** A job that was there already. */
    private Submitted submitted(JobRow job) {
        long position = job.state() == JobState.PENDING ? news.pending() : 0;
        return new Submitted(job.id(), job.status(), job.state(), position, job.cachedFrom());
    }
}
