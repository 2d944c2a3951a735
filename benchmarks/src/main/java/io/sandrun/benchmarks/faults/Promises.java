package io.sandrun.benchmarks.faults;

import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What the broker answered to its callers up to one moment; everything in it must be true of the books ever after.
 *
 * @param accepted jobs whose submit was answered
 * @param keys the job that the submit under each key was answered with
 * @param claims leases that a claim's answer handed out, by lease
 * @param recorded leases whose report on a program's end was answered as recorded
 * @param refused leases whose report was answered as stale
 * @param seen outcomes that a reader was told, by job
 * @param complaints answers that contradict each other or the protocol
 */
record Promises(
        Set<String> accepted,
        Map<String, String> keys,
        Map<String, Claim> claims,
        Set<String> recorded,
        Set<String> refused,
        Map<String, Seen> seen,
        List<String> complaints) {
    Promises {
        accepted = Set.copyOf(accepted);
        keys = Map.copyOf(keys);
        claims = Map.copyOf(claims);
        recorded = Set.copyOf(recorded);
        refused = Set.copyOf(refused);
        seen = Map.copyOf(seen);
        complaints = List.copyOf(complaints);
    }

    static Promises none() {
        return new Promises(Set.of(), Map.of(), Map.of(), Set.of(), Set.of(), Map.of(), List.of());
    }

    /** One lease as its node was told of it. */
    record Claim(String jobId, String nodeId, int attempt) {}

    /** A result as a reader was told of it. */
    record Seen(String outcome, String output) {}
}
