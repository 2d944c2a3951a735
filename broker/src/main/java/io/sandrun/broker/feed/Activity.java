package io.sandrun.broker.feed;

import io.sandrun.broker.claim.ClaimDesk;
import io.sandrun.broker.job.JobListener;
import io.sandrun.broker.job.QueueCounts;
import io.sandrun.broker.node.Node;
import io.sandrun.broker.node.NodeRegistry;
import io.sandrun.broker.store.JobRow;
import io.sandrun.broker.store.JobTable.Waiting;
import io.sandrun.protocol.JobState;
import java.time.Clock;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Counts what happens to jobs, for samples of it. Thread-safe. */
public final class Activity implements JobListener {
    /** Nodes whose load a sample tells: what a person can look at, and some 2 KiB. */
    static final int NODES_MAX = 40;

    private static final double MEDIAN = 0.5;
    private static final double SLOW = 0.95;

    private final QueueCounts counts;
    private final NodeRegistry registry;
    private final ClaimDesk desk;
    private final Clock clock;

    private final Latencies waits = new Latencies();
    private final Latencies totals = new Latencies();
    private int queued;
    private int ended;
    private int failed;
    private long sampledAtMs;

    public Activity(QueueCounts counts, NodeRegistry registry, ClaimDesk desk, Clock clock) {
        this.counts = counts;
        this.registry = registry;
        this.desk = desk;
        this.clock = clock;
        this.sampledAtMs = clock.millis();
    }

    /** How it stands, and what happened since the last call. */
    public Sample sample() {
        Map<String, Integer> loads = desk.loads();
        List<Node> live = registry.live();
        Map<String, Integer> runningByNode = new LinkedHashMap<>();
        live.stream()
                .map(Node::id)
                .sorted(Comparator.naturalOrder())
                .limit(NODES_MAX)
                .forEach(id -> runningByNode.put(id, loads.getOrDefault(id, 0)));
        return sample(live.size(), runningByNode);
    }

    private synchronized Sample sample(int liveNodes, Map<String, Integer> runningByNode) {
        long nowMs = clock.millis();
        Sample sample = new Sample(
                nowMs / 1000.0,
                (nowMs - sampledAtMs) / 1000.0,
                counts.pending(),
                counts.leased(),
                queued,
                ended,
                failed,
                waits.quantile(MEDIAN),
                waits.quantile(SLOW),
                totals.quantile(MEDIAN),
                totals.quantile(SLOW),
                liveNodes,
                runningByNode);
        sampledAtMs = nowMs;
        queued = 0;
        ended = 0;
        failed = 0;
        waits.clear();
        totals.clear();
        return sample;
    }

    @Override
    public synchronized void waiting(Waiting job) {
        queued++;
    }

    @Override
    public synchronized void assigned(JobRow job) {
        if (job.copyOf() == null) {
            waits.add(clock.millis() - job.createdAtMs());
        }
    }

    @Override
    public synchronized void ended(JobRow job) {
        if (job.copyOf() != null) {
            return;
        }
        ended++;
        if (job.state() == JobState.FAILED) {
            failed++;
        }
        Long endedAtMs = job.endedAtMs();
        if (endedAtMs != null) {
            totals.add(endedAtMs - job.createdAtMs());
        }
    }
}
