package io.sandrun.broker.store;

import java.util.Iterator;
import java.util.List;
import java.util.stream.Stream;

/** Verbs on jobs whose results were kept long enough. */
public final class RetentionTable {
    private final StoreConnection connection;

    RetentionTable(StoreConnection connection) {
        this.connection = connection;
    }

    /** The ids of jobs that were deleted, and of the copies that went with them. */
    public record Forgotten(List<String> jobs, List<String> copies) {
        public List<String> all() {
            return Stream.concat(jobs.stream(), copies.stream()).toList();
        }
    }

    /**
     * How many of the jobs that ended before a time, the oldest first, can be deleted at once.
     *
     * @param most of them
     * @param weightMax of all together, in rows and pages; a job that is heavier by itself goes alone
     */
    public int countDeletable(long endedBeforeMs, int most, long weightMax) {
        return connection
                .statement("retention.weights")
                .bind("endedBeforeMs", endedBeforeMs)
                .bind("limit", most)
                .stream(Row::firstWhole, weights -> fitting(weights.iterator(), weightMax));
    }

    private static int fitting(Iterator<Long> weights, long weightMax) {
        int jobs = 0;
        long weight = 0;
        while (weights.hasNext()) {
            weight += weights.next();
            if (jobs > 0 && weight > weightMax) {
                break;
            }
            jobs++;
        }
        return jobs;
    }

    /** Forgets as many of these jobs with all that belongs to them. */
    public Forgotten deleteEnded(long endedBeforeMs, int limit) {
        List<String> copies = delete("retention.delete_copies", endedBeforeMs, limit);
        return new Forgotten(delete("retention.delete_ended", endedBeforeMs, limit), copies);
    }

    private List<String> delete(String statement, long endedBeforeMs, int limit) {
        return connection
                .statement(statement)
                .bind("endedBeforeMs", endedBeforeMs)
                .bind("limit", limit)
                .list(Row::firstText);
    }
}
