package io.sandrun.benchmarks.faults;

import io.sandrun.broker.store.Books;
import io.sandrun.broker.store.WriteObserver;
import io.sandrun.protocol.BrokerException;
import io.sandrun.protocol.ErrorCode;
import io.sandrun.protocol.JobFiles;
import io.sandrun.protocol.JobLimits;
import io.sandrun.protocol.NodeMessages.ClaimedJob;
import io.sandrun.protocol.Outcome;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** Reports that must change nothing: under a dead lease, under somebody else's, of a job nobody claimed, said twice. */
final class Zombies implements Scenario {
    private static final int REPORTS_PER_ROUND = 5;

    @Override
    public String name() {
        return "zombie-reports";
    }

    @Override
    public Findings run(Trial trial) throws Exception {
        Path data = trial.scratch().resolve("broker");
        List<String> violations = new ArrayList<>();
        Promises promises;
        try (Bench bench = new Bench(data, WriteObserver.NONE)) {
            for (int round = 0; round < trial.rounds(); round++) {
                round(bench, data, trial, violations);
            }
            promises = bench.ledger.promises();
        }
        violations.addAll(Audit.violationsAfterDrain(Ground.books(data, trial.scratch()), promises));
        return Findings.of(trial.rounds(), promises.accepted().size(), REPORTS_PER_ROUND * trial.rounds(), violations);
    }

    private static void round(Bench bench, Path data, Trial trial, List<String> violations) throws Exception {
        ClaimedJob dead = bench.submitAndClaim();
        takeAway(bench, dead, trial.random());
        ScriptedNode other = bench.nodeNamed("other");
        other.register(List.of());
        refused(bench.node, dead, "dead and pending", data, trial, violations);
        ClaimedJob alive = other.claim(1, 0).get(0);
        refused(bench.node, dead, "dead and held by another", data, trial, violations);
        refused(bench.node, alive, "somebody else's", data, trial, violations);
        if (!other.report(alive, Outcome.OK)) {
            violations.add("the holder's own report was refused");
        }
        Books recorded = Ground.books(data, trial.scratch());
        if (!other.report(alive, Outcome.OK)) {
            violations.add("a report that was repeated was refused");
        }
        if (!Ground.books(data, trial.scratch()).equals(recorded)) {
            violations.add("a report that was repeated changed the books");
        }
        refused(bench.node, dead, "dead and finished by another", data, trial, violations);
        neverClaimed(bench, data, trial, violations);
    }

    private static void takeAway(Bench bench, ClaimedJob job, Random random) throws Exception {
        if (random.nextBoolean()) {
            bench.clock.jump(Bench.NODE_TIMEOUT.multipliedBy(2));
            bench.awaitState(job.id(), "pending");
        } else {
            bench.node.release(List.of(job));
        }
        bench.node.heartbeat(List.of(), false);
    }

    private static void neverClaimed(Bench bench, Path data, Trial trial, List<String> violations) throws Exception {
        String jobId = bench.submit();
        Books before = Ground.books(data, trial.scratch());
        ClaimedJob forged = new ClaimedJob(
                jobId,
                "lease-nobody-has",
                1,
                "",
                "bash",
                List.of(),
                Map.of(),
                "",
                new JobLimits(1, null, 16, 1, 1, 0),
                null,
                JobFiles.NONE);
        expectStale(bench.node, forged, "of a job that nobody claimed", violations);
        if (!Ground.books(data, trial.scratch()).equals(before)) {
            violations.add("a report of a job that nobody claimed changed the books");
        }
        ClaimedJob job = bench.claim();
        bench.node.report(job, Outcome.OK);
    }

    private static void refused(
            ScriptedNode node, ClaimedJob job, String how, Path data, Trial trial, List<String> violations)
            throws IOException {
        Books before = Ground.books(data, trial.scratch());
        expectStale(node, job, how, violations);
        if (!Ground.books(data, trial.scratch()).equals(before)) {
            violations.add("a report under a lease that is " + how + " changed the books");
        }
    }

    /** Says it past the ledger, which would take a foreign report for its owner's. */
    private static void expectStale(ScriptedNode node, ClaimedJob job, String how, List<String> violations)
            throws IOException {
        try {
            node.say(job, Outcome.OK);
            violations.add("a report under a lease that is " + how + " was taken");
        } catch (BrokerException answered) {
            if (answered.httpStatus() != 409 || !answered.is(ErrorCode.STALE_LEASE)) {
                violations.add("a report under a lease that is %s was answered %d %s"
                        .formatted(how, answered.httpStatus(), answered.body().code()));
            }
        }
    }
}
