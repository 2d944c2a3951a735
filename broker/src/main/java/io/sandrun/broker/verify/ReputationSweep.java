package io.sandrun.broker.verify;

import io.sandrun.broker.reputation.Reputation;
import io.sandrun.broker.store.Store;
import java.time.Clock;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Forgets what is known of nodes that are gone, so that keys which came once and never again do not pile up. A node
 * that the broker remembers (a week after its last sign of life it does not) keeps its standing, however old it is.
 */
public final class ReputationSweep implements Runnable {
    private static final Logger LOG = LoggerFactory.getLogger(ReputationSweep.class);

    public static final Duration INTERVAL = Duration.ofHours(1);

    /** Since its last verdict. After a month twenty checks make an honest node proven again: little is lost. */
    private static final Duration KEPT = Duration.ofDays(30);

    /**
     * Likewise where something is held against the node. Who is barred has no gain from waiting for a year where a new
     * key is had at once; but owners and addresses, by which new keys are doubted, change hands and must not stay so
     * for ever.
     */
    private static final Duration HELD_AGAINST = Duration.ofDays(365);

    /** Nodes of one transaction: some milliseconds of the writer's time. */
    private static final int BATCH = 500;

    private final Store store;
    private final Standings standings;
    private final Clock clock;

    public ReputationSweep(Store store, Standings standings, Clock clock) {
        this.store = store;
        this.standings = standings;
        this.clock = clock;
    }

    /** One pass. */
    @Override
    public void run() {
        long nowMs = clock.millis();
        // As nearly always nothing is: not worth a commit.
        boolean isAnyOld = store.read(tables -> tables.reputations().oldestChangeMs())
                .filter(oldestMs -> oldestMs < nowMs - KEPT.toMillis())
                .isPresent();
        if (isAnyOld) {
            forget(nowMs);
        }
    }

    /**
     * Batch after batch, each behind whatever the writer got meanwhile, until none is left. From the second on it is
     * the writer's own thread that asks, which must not wait for a reader.
     */
    private void forget(long nowMs) {
        store.write(
                        tables -> tables.reputations()
                                .forgetGone(
                                        nowMs - KEPT.toMillis(),
                                        nowMs - HELD_AGAINST.toMillis(),
                                        Reputation.FAILURES_TO_DOUBT,
                                        BATCH),
                        gone -> {
                            standings.forget(gone);
                            if (gone.size() == BATCH) {
                                forget(nowMs);
                            }
                            return gone.size();
                        })
                .exceptionally(failure -> {
                    LOG.warn("What is known of nodes that are gone could not be forgotten: {}", failure.toString());
                    return 0;
                });
    }
}
