package io.sandrun.benchmarks.faults;

import io.sandrun.protocol.BrokerException;
import io.sandrun.protocol.ErrorCode;
import io.sandrun.protocol.NodeMessages.ClaimedJob;
import io.sandrun.protocol.NodeMessages.HeartbeatAnswer;
import io.sandrun.protocol.Outcome;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * What a scripted node does all day: claim, say that it started, report; and now and then what a bad day brings: report
 * twice, give back, blame the sandbox, forget what it claimed. It repeats every report until it is recorded or refused.
 */
final class NodeScript implements Runnable {
    private static final int SLOTS = 4;
    private static final double CLAIM_WAIT_SECONDS = 0.5;
    private static final int WORK_MS_MAX = 30;
    private static final long PAUSE_MS = 50;

    /** One attempt in this many ends badly, and one program in this many fails. */
    private static final int BAD_DAYS = 20;

    private static final int FAILING_PROGRAMS = 5;

    private final ScriptedNode node;
    private final Ledger ledger;
    private final Manners manners;
    private final Random random;
    private final CountDownLatch closed;
    private final List<ClaimedJob> held = new ArrayList<>();
    private final Map<String, Fate> fates = new HashMap<>();
    private boolean isRegistered;

    /** How an attempt ends. Chosen once: a node that repeats a report does not change its story. */
    private enum Fate {
        SUCCEEDED,
        /** And its report claims what is to follow. */
        FOLLOWED,
        FAILED,
        RELEASED,
        BLAMED,
        REPORTED_TWICE,
        FORGOTTEN
    }

    /** How a node behaves. */
    enum Manners {
        /** Does its work. */
        GOOD,
        /** Likewise, and goes from job to job: each report claims the next. */
        BUSY,
        /** Sometimes does not. */
        MIXED
    }

    /** @param closed ends the script */
    NodeScript(ScriptedNode node, Ledger ledger, Manners manners, Random random, CountDownLatch closed) {
        this.node = node;
        this.ledger = ledger;
        this.manners = manners;
        this.random = random;
        this.closed = closed;
    }

    @Override
    public void run() {
        while (closed.getCount() > 0) {
            try {
                if (!isRegistered) {
                    node.register(held.stream().map(ClaimedJob::leaseId).toList());
                    isRegistered = true;
                }
                int free = SLOTS - held.size();
                if (free > 0) {
                    held.addAll(node.claim(1 + random.nextInt(free), held.isEmpty() ? CLAIM_WAIT_SECONDS : 0));
                }
                work();
            } catch (IOException notNow) {
                if (!mayPass(notNow)) {
                    ledger.complain("a node was answered: " + notNow.getMessage());
                }
                pause(PAUSE_MS);
            }
        }
    }

    /**
     * What is in {@link #held} stays there until its end is certain, so that a call without an answer is made again.
     */
    private void work() throws IOException {
        HeartbeatAnswer news = node.heartbeat(held, random.nextBoolean());
        for (ClaimedJob job : List.copyOf(held)) {
            pause(random.nextInt(WORK_MS_MAX));
            boolean isFirstWord = fates.putIfAbsent(job.leaseId(), fate()) == null;
            if (news.lost().contains(job.leaseId()) && isFirstWord) {
                if (node.report(job, Outcome.OK)) {
                    ledger.complain("a report under the lost lease %s was recorded".formatted(job.leaseId()));
                }
            } else if (news.cancel().contains(job.leaseId())) {
                node.report(job, Outcome.CANCELLED);
            } else {
                end(job, Objects.requireNonNull(fates.get(job.leaseId())));
            }
            held.remove(job);
            fates.remove(job.leaseId());
        }
    }

    private Fate fate() {
        if (manners == Manners.MIXED && random.nextInt(BAD_DAYS) == 0) {
            Fate[] all = Fate.values();
            return all[random.nextInt(all.length)];
        }
        if (manners == Manners.BUSY) {
            return Fate.FOLLOWED;
        }
        if (random.nextInt(FAILING_PROGRAMS) == 0) {
            return Fate.FAILED;
        }
        return manners == Manners.MIXED && random.nextBoolean() ? Fate.FOLLOWED : Fate.SUCCEEDED;
    }

    private void end(ClaimedJob job, Fate fate) throws IOException {
        switch (fate) {
            case SUCCEEDED -> node.report(job, Outcome.OK);
            case FOLLOWED -> {
                // Told again, as after an answer that never came, it claims nothing.
                fates.put(job.leaseId(), Fate.SUCCEEDED);
                node.reportAndClaim(job).ifPresent(held::add);
            }
            case FAILED -> node.report(job, Outcome.EXIT_NONZERO);
            case RELEASED -> node.release(List.of(job));
            case BLAMED -> node.report(job, Outcome.SANDBOX_ERROR);
            case REPORTED_TWICE -> {
                if (node.report(job, Outcome.OK) && !node.report(job, Outcome.OK)) {
                    ledger.complain("the same report under %s was recorded, then refused".formatted(job.leaseId()));
                }
            }
            case FORGOTTEN -> {
                // Later heartbeats do not name it, so the broker takes it back.
            }
        }
    }

    private boolean mayPass(IOException failure) {
        if (!(failure instanceof BrokerException answered)) {
            return true;
        }
        if (answered.is(ErrorCode.UNKNOWN_NODE)) {
            isRegistered = false;
            return true;
        }
        // For a moment after its start a broker takes no signature, since it may have seen it before.
        return answered.is(ErrorCode.UNAVAILABLE) || answered.is(ErrorCode.CLOCK_OFF);
    }

    private void pause(long millis) {
        try {
            closed.await(millis, TimeUnit.MILLISECONDS);
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
        }
    }
}
