package io.sandrun.benchmarks.faults;

import io.sandrun.benchmarks.faults.Promises.Claim;
import io.sandrun.benchmarks.faults.Promises.Seen;
import io.sandrun.protocol.JobResult;
import io.sandrun.protocol.NodeMessages.ClaimedJob;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Where clients and nodes note the answers that reached them. Only answers: a call without one is not noted.
 * Thread-safe.
 */
final class Ledger {
    private final List<String> accepted = new CopyOnWriteArrayList<>();
    private final Map<String, String> keys = new ConcurrentHashMap<>();
    private final Map<String, String> jobsOfKeys = new ConcurrentHashMap<>();
    private final Map<String, Claim> claims = new ConcurrentHashMap<>();
    private final AtomicInteger brought = new AtomicInteger();
    private final Set<String> recorded = ConcurrentHashMap.newKeySet();
    private final Set<String> refused = ConcurrentHashMap.newKeySet();
    private final Map<String, Seen> seen = new ConcurrentHashMap<>();
    private final Queue<String> complaints = new ConcurrentLinkedQueue<>();

    void accepted(String jobId) {
        accepted.add(jobId);
    }

    /** Likewise under a key, once or again. */
    void accepted(String key, String jobId) {
        String before = keys.putIfAbsent(key, jobId);
        if (before == null) {
            accepted(jobId);
        } else if (!before.equals(jobId)) {
            complain("the key %s was answered with job %s and then with job %s".formatted(key, before, jobId));
        }
    }

    void claimed(String nodeId, ClaimedJob job) {
        if (claims.put(job.leaseId(), new Claim(job.id(), nodeId, job.attempt())) != null) {
            complain("lease %s was handed out twice".formatted(job.leaseId()));
        }
        // An order's program is given its key, see Order.
        job.args().forEach(key -> {
            String before = jobsOfKeys.putIfAbsent(key, job.id());
            if (before != null && !before.equals(job.id())) {
                complain("the key %s made two jobs, %s and %s".formatted(key, before, job.id()));
            }
        });
    }

    /** A report's answer brought its node the job that is to follow. */
    void brought(String nodeId, ClaimedJob job) {
        claimed(nodeId, job);
        brought.incrementAndGet();
    }

    /** Jobs that reports have brought. */
    int brought() {
        return brought.get();
    }

    /** The report of a program's end was answered as recorded. */
    void recorded(String leaseId) {
        if (refused.contains(leaseId)) {
            complain("a report under lease %s was refused and then recorded".formatted(leaseId));
        }
        recorded.add(leaseId);
    }

    void refused(String leaseId) {
        if (recorded.contains(leaseId)) {
            complain("a report under lease %s was recorded and then refused".formatted(leaseId));
        }
        refused.add(leaseId);
    }

    void seen(JobResult result) {
        Seen now = new Seen(result.code().wire(), result.output());
        Seen before = seen.put(result.jobId(), now);
        if (before != null && !before.equals(now)) {
            complain("job %s was first read as %s and then as %s".formatted(result.jobId(), before, now));
        }
    }

    void complain(String sentence) {
        complaints.add(sentence);
    }

    int jobs() {
        return accepted.size();
    }

    /** Any accepted job, or null while there is none. */
    @Nullable
    String any(Random random) {
        int size = accepted.size();
        return size == 0 ? null : accepted.get(random.nextInt(size));
    }

    /** Accepted jobs whose outcome nobody has read yet. */
    List<String> unfinished() {
        return accepted.stream().filter(Predicate.not(seen::containsKey)).toList();
    }

    /** What was promised so far. To be taken before the books are read. */
    Promises promises() {
        return new Promises(Set.copyOf(accepted), keys, claims, recorded, refused, seen, new ArrayList<>(complaints));
    }
}
