package io.sandrun.broker.job;

import io.sandrun.broker.Refusal;
import io.sandrun.broker.job.JobIntake.Submitter;
import io.sandrun.broker.requirement.RequirementClass;
import io.sandrun.broker.requirement.RequirementClasses;
import io.sandrun.broker.store.JobListTable;
import io.sandrun.broker.store.JobListTable.Stretch;
import io.sandrun.broker.store.JobRow;
import io.sandrun.broker.store.Store;
import io.sandrun.protocol.JobState;
import io.sandrun.protocol.Outcome;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiPredicate;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Lists of jobs, the newest first, page by page.
 *
 * <p>Theory of operation: each list is read from an index that has the jobs in its order, from the place where the page
 * before it ended; so a page costs the same at its first job as at its millionth. What no index knows, interpreter,
 * environment and labels above all, is compared row by row, and a page looks at so many rows at most: where few of them
 * fit, the page is short and says where to go on. Thread-safe.
 */
public final class JobList {
    /** Rows that one page looks at: some tens of milliseconds. */
    private static final int LOOKED_AT_MAX = 20_000;

    private final Store store;
    private final RequirementClasses classes;

    public JobList(Store store, RequirementClasses classes) {
        this.store = store;
        this.classes = classes;
    }

    /**
     * What a list tells of a job; the rest stands in its status.
     *
     * @param labels those that it requires of its node
     * @param submittedAt seconds since 1970, like {@code completedAt}
     */
    public record Item(
            String jobId,
            String status,
            JobState state,
            @Nullable Outcome code,
            String reason,
            String interpreter,
            int priority,
            Map<String, String> labels,
            @Nullable String nodeId,
            int attempt,
            double submittedAt,
            @Nullable Double completedAt) {}

    /** @param cursor where the next page begins, or null after the last one */
    public record Page(List<Item> jobs, @Nullable String cursor) {
        /** That of a list in which there is nothing. */
        public static final Page EMPTY = new Page(List.of(), null);
    }

    /**
     * @param cursor that of the page before, or null for the first page
     * @throws Refusal if the cursor is none of ours
     */
    public Page page(JobFilter filter, @Nullable String cursor, int limit) {
        Place from = cursor == null ? new Place(filter.created().beforeMs(), 0, null) : Place.parse(cursor);
        // One row more than are looked at tells whether there is more.
        Stretch stretch =
                new Stretch(from.createdAtMs, from.seq, filter.created().sinceMs(), LOOKED_AT_MAX + 1);
        Function<Stream<JobRow>, Page> reading = rows -> page(rows.iterator(), fits(filter), limit);
        String idBegin = filter.idBegin();
        return store.read(tables -> idBegin != null && filter.submitter() == null
                ? tables.lists().ofId(idBegin, from.id, LOOKED_AT_MAX + 1, reading)
                : read(tables.lists(), filter, stretch, reading));
    }

    private static Page read(
            JobListTable lists, JobFilter filter, Stretch stretch, Function<Stream<JobRow>, Page> reading) {
        Submitter submitter = filter.submitter();
        String nodeId = filter.nodeId();
        JobState state = soleState(filter);
        if (submitter != null) {
            return lists.ofKey(submitter.client(), submitter.idempotencyKey(), stretch, reading);
        }
        String client = filter.client();
        if (client != null) {
            return lists.ofClient(client, stretch, reading);
        }
        if (nodeId != null) {
            return lists.ofNode(nodeId, stretch, reading);
        }
        Outcome outcome = filter.outcome();
        if (outcome != null && isOfFailed(outcome)) {
            return lists.failedAs(outcome, stretch, reading);
        }
        return state == null ? lists.all(stretch, reading) : lists.inState(state, stretch, reading);
    }

    private static boolean isOfFailed(Outcome outcome) {
        return outcome != Outcome.OK && outcome != Outcome.CANCELLED;
    }

    /** The older clients' word for a state is one state, but for failed, which has cancelled in it, and queued. */
    private static @Nullable JobState soleState(JobFilter filter) {
        Outcome outcome = filter.outcome();
        if (outcome != null) {
            return outcome == Outcome.OK
                    ? JobState.COMPLETED
                    : outcome == Outcome.CANCELLED ? JobState.CANCELLED : JobState.FAILED;
        }
        String status = filter.status();
        boolean isSeveral = JobState.FAILED.wire().equals(status) || JobState.QUEUED.equals(status);
        if (filter.state() != null || status == null || isSeveral) {
            return filter.state();
        }
        return JobState.ofWire(status);
    }

    private Page page(Iterator<JobRow> rows, BiPredicate<JobRow, RequirementClass> fits, int limit) {
        List<Item> items = new ArrayList<>();
        Optional<JobRow> last = Optional.empty();
        for (int looked = 0; looked < LOOKED_AT_MAX && items.size() < limit && rows.hasNext(); looked++) {
            JobRow row = rows.next();
            last = Optional.of(row);
            // A job whose class memory does not have yet came after this list was asked for.
            classes.find(row.classId())
                    .filter(needs -> fits.test(row, needs))
                    .ifPresent(needs -> items.add(item(row, needs.labels())));
        }
        return new Page(
                items, rows.hasNext() ? last.map(Place::of).map(Place::cursor).orElse(null) : null);
    }

    private static BiPredicate<JobRow, RequirementClass> fits(JobFilter filter) {
        return (job, needs) -> job.copyOf() == null
                && job.createdAtMs() >= filter.created().sinceMs()
                && job.createdAtMs() < filter.created().beforeMs()
                && (filter.idBegin() == null || job.id().startsWith(filter.idBegin()))
                && (filter.client() == null || filter.client().equals(job.client()))
                && (filter.state() == null || filter.state() == job.state())
                && (filter.status() == null || filter.status().equals(job.status()))
                && (filter.outcome() == null || filter.outcome() == job.outcome())
                && (filter.nodeId() == null || filter.nodeId().equals(job.nodeId()))
                && (filter.interpreter() == null || filter.interpreter().equals(job.interpreter()))
                && (filter.environment() == null || filter.environment().equals(needs.environment()))
                && needs.labels().entrySet().containsAll(filter.labels().entrySet());
    }

    private Item item(JobRow job, Map<String, String> labels) {
        Long endedAtMs = job.endedAtMs();
        return new Item(
                job.id(),
                job.status(),
                job.state(),
                job.outcome(),
                job.reason(),
                job.interpreter(),
                job.priority(),
                labels,
                job.nodeId(),
                job.attempt(),
                job.createdAtMs() / 1000.0,
                endedAtMs == null ? null : endedAtMs / 1000.0);
    }

    /** A place in the list, behind a job. Its text means nothing to callers, so that it may change. */
    private record Place(
            long createdAtMs, long seq, @Nullable String id) {
        static Place of(JobRow job) {
            return new Place(job.createdAtMs(), job.seq(), job.id());
        }

        String cursor() {
            byte[] text = (createdAtMs + "." + seq + "." + id).getBytes(StandardCharsets.US_ASCII);
            return Base64.getUrlEncoder().withoutPadding().encodeToString(text);
        }

        static Place parse(String cursor) {
            try {
                String[] parts =
                        new String(Base64.getUrlDecoder().decode(cursor), StandardCharsets.US_ASCII).split("\\.", 3);
                return new Place(Long.parseLong(parts[0]), Long.parseLong(parts[1]), parts[2]);
            } catch (IllegalArgumentException | ArrayIndexOutOfBoundsException foreign) {
                throw Refusal.invalidField("cursor", "one that the page before gave");
            }
        }
    }
}
