package io.sandrun.benchmarks.faults;

import io.sandrun.benchmarks.faults.NodeScript.Manners;
import io.sandrun.broker.store.Books;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Real node agents that run real programs, killed with {@code kill -9}, or stopped for longer than NODE_TIMEOUT and
 * let go on. One that goes on is a zombie: whatever it reports of its old leases must change nothing.
 */
final class NodeFaults implements Scenario {
    private static final int NODES = 2;
    private static final int SLOTS = 2;
    private static final int JOBS_PER_ROUND = 20;
    private static final int ROUND_MS_MAX = 1_500;
    private static final long FROZEN_MS = Server.NODE_TIMEOUT.toMillis() + 1_000;
    private static final String PROGRAM = "sleep 0.$((RANDOM % 10)); printf %s \"$SANDRUN_JOB_ID\"";

    @Override
    public String name() {
        return "node-kill-and-stop";
    }

    @Override
    public Findings run(Trial trial) throws Exception {
        int port = Server.freePort();
        Path data = trial.scratch().resolve("broker");
        Ledger ledger = new Ledger();
        Traffic.Plan plan = new Traffic.Plan(1, 0, Manners.GOOD, JOBS_PER_ROUND * trial.rounds(), PROGRAM);
        List<Server> nodes = new ArrayList<>();
        try (Server broker = Server.broker(data, port, Map.of())) {
            for (int number = 0; number < NODES; number++) {
                nodes.add(Server.node(trial.scratch().resolve("node-" + number), Server.url(port), SLOTS));
            }
            for (Server node : nodes) {
                if (!node.saysEither("ready", "sandrun:")) {
                    return Findings.skipped(
                            "no sandbox can be made here: " + node.said().strip());
                }
            }
            try (Traffic traffic = new Traffic(
                    Server.url(port),
                    Server.url(port),
                    ledger,
                    plan,
                    trial.random().nextLong())) {
                for (int round = 0; round < trial.rounds(); round++) {
                    Ground.pause(trial.random().nextInt(ROUND_MS_MAX));
                    hurt(
                            nodes.get(trial.random().nextInt(NODES)),
                            trial.random().nextBoolean());
                }
                traffic.drain(BrokerKills.DRAIN_TIMEOUT.plus(Duration.ofSeconds(2L * trial.rounds())));
                broker.kill();
            }
        } finally {
            for (Server node : nodes) {
                node.close();
            }
        }
        Books books = Ground.books(data, trial.scratch());
        List<String> violations = Audit.violationsAfterDrain(books, ledger.promises());
        return Findings.of(trial.rounds(), ledger.jobs(), trial.rounds(), violations);
    }

    private static void hurt(Server node, boolean deadly) throws Exception {
        if (deadly) {
            node.kill();
            node.restart();
        } else {
            node.signal("STOP");
            Ground.pause(FROZEN_MS);
            node.signal("CONT");
        }
    }
}
