package io.sandrun.broker.store;

import io.sandrun.protocol.JobState;
import io.sandrun.protocol.Outcome;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Jobs in lists, the newest first. */
public final class JobListTable {
    /** Sorts behind every character of an id. */
    private static final char BEYOND_IDS = '~';

    private final StoreConnection connection;

    JobListTable(StoreConnection connection) {
        this.connection = connection;
    }

    /**
     * A stretch of the list, from its upper end on.
     *
     * @param beforeMs only jobs that were created before this time, or then and with a number below {@code beforeSeq}
     * @param sinceMs only jobs that were created then or later
     */
    public record Stretch(long beforeMs, long beforeSeq, long sinceMs, int limit) {}

    /** @param reading is given the rows while they are read, so that it may stop early */
    public <T> T all(Stretch stretch, Function<Stream<JobRow>, T> reading) {
        return read(connection.statement("job.list"), stretch, reading);
    }

    /** Those that stand in this state, or in the case of a leased state all that are leased. */
    public <T> T inState(JobState state, Stretch stretch, Function<Stream<JobRow>, T> reading) {
        Prepared query = switch (state) {
            case PENDING -> connection.statement("job.list_pending");
            case ASSIGNED, RUNNING -> connection.statement("job.list_leased");
            case COMPLETED, FAILED, CANCELLED ->
                connection.statement("job.list_ended").bind("state", state.wire());
        };
        return read(query, stretch, reading);
    }

    /** Those that failed in this way. */
    public <T> T failedAs(Outcome outcome, Stretch stretch, Function<Stream<JobRow>, T> reading) {
        return read(connection.statement("job.list_failed").bind("outcome", outcome.wire()), stretch, reading);
    }

    /**
     * Those whose ids begin so, whatever their times, copies among them; the greatest id first, which is the newest.
     *
     * @param before only ids below this one; null for all
     */
    public <T> T ofId(String begin, @Nullable String before, int limit, Function<Stream<JobRow>, T> reading) {
        return connection
                .statement("job.list_of_id")
                .bind("begin", begin)
                .bind("before", before == null ? begin + BEYOND_IDS : before)
                .bind("limit", limit)
                .stream(JobTable::row, reading);
    }

    /** Those that a node holds or ended. */
    public <T> T ofNode(String nodeId, Stretch stretch, Function<Stream<JobRow>, T> reading) {
        return read(connection.statement("job.list_of_node").bind("nodeId", nodeId), stretch, reading);
    }

    /** Those that a client submitted. */
    public <T> T ofClient(String client, Stretch stretch, Function<Stream<JobRow>, T> reading) {
        return read(connection.statement("job.list_of_client").bind("client", client), stretch, reading);
    }

    /** Those that a client submitted under a key. */
    public <T> T ofKey(String client, @Nullable String key, Stretch stretch, Function<Stream<JobRow>, T> reading) {
        Prepared query =
                connection.statement("job.list_of_key").bind("client", client).bind("key", key);
        return read(query, stretch, reading);
    }

    private static <T> T read(Prepared query, Stretch stretch, Function<Stream<JobRow>, T> reading) {
        query.bind("beforeMs", stretch.beforeMs)
                .bind("beforeSeq", stretch.beforeSeq)
                .bind("sinceMs", stretch.sinceMs)
                .bind("limit", stretch.limit);
        return query.stream(JobTable::row, reading);
    }
}
