package io.sandrun.broker.feed;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How the broker stood at one moment, and what happened since the sample before.
 *
 * @param at seconds since 1970
 * @param seconds since the sample before
 * @param queued jobs that began to wait for a node
 * @param ended jobs that got their outcome
 * @param failed those of them whose outcome is neither ok nor cancelled
 * @param waitP50Ms from the submit to the node, of jobs that were handed out; null where none was
 * @param totalP50Ms from the submit to the outcome, of jobs that ended; null where none did
 * @param runningByNode of live nodes by id, the first {@link Activity#NODES_MAX} of them
 */
public record Sample(
        double at,
        double seconds,
        long pending,
        long running,
        int queued,
        int ended,
        int failed,
        @Nullable Long waitP50Ms,
        @Nullable Long waitP95Ms,
        @Nullable Long totalP50Ms,
        @Nullable Long totalP95Ms,
        int liveNodes,
        Map<String, Integer> runningByNode) {}
