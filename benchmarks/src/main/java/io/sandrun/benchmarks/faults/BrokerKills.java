package io.sandrun.benchmarks.faults;

import io.sandrun.benchmarks.faults.NodeScript.Manners;
import io.sandrun.broker.store.Books;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.IntSupplier;

/**
 * {@code kill -9} of the broker at random moments under load; it starts again over the same data on the same port. With
 * busy nodes, each report claims the job that is to follow, so that a kill may part what is one transaction: an outcome
 * is recorded, a lease is handed out, and the answer that tells of both is lost.
 */
final class BrokerKills implements Scenario {
    static final Duration DRAIN_TIMEOUT = Duration.ofMinutes(2);
    /** The moment of a kill is chosen by the work done since the last one, so that a slow machine tests as much. */
    private static final int JOBS_BETWEEN_KILLS_MAX = 60;

    private static final int MORE_MS_MAX = 200;
    private static final long LOAD_TIMEOUT_MS = 20_000;
    private static final int JOBS_PER_ROUND = 250;

    private final String name;
    private final int submitters;
    private final int nodes;
    private final Manners manners;

    private BrokerKills(String name, int submitters, int nodes, Manners manners) {
        this.name = name;
        this.submitters = submitters;
        this.nodes = nodes;
        this.manners = manners;
    }

    /** Nodes that do all that nodes may do. */
    static BrokerKills amongAll() {
        return new BrokerKills("broker-kill", 3, 3, Manners.MIXED);
    }

    /** More submitters than the nodes can serve, so that there is a job for each report to bring. */
    static BrokerKills whileReportsClaim() {
        return new BrokerKills("report-kill", 6, 2, Manners.BUSY);
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public Findings run(Trial trial) throws Exception {
        int port = Server.freePort();
        Path data = trial.scratch().resolve("broker");
        Ledger ledger = new Ledger();
        List<String> violations = new ArrayList<>();
        Traffic.Plan plan = new Traffic.Plan(submitters, nodes, manners, JOBS_PER_ROUND * trial.rounds(), "true");
        try (Server broker = Server.broker(data, port, Map.of());
                Traffic traffic = new Traffic(
                        Server.url(port),
                        Server.url(port),
                        ledger,
                        plan,
                        trial.random().nextLong())) {
            for (int round = 0; round < trial.rounds(); round++) {
                awaitLoad(ledger, 1 + trial.random().nextInt(JOBS_BETWEEN_KILLS_MAX));
                Ground.pause(trial.random().nextInt(MORE_MS_MAX));
                broker.kill();
                Promises promises = ledger.promises();
                violations.addAll(Audit.violations(Ground.books(data, trial.scratch()), promises));
                broker.restart(port);
            }
            traffic.drain(DRAIN_TIMEOUT);
            broker.kill();
        }
        Books books = Ground.books(data, trial.scratch());
        violations.addAll(Audit.violationsAfterDrain(books, ledger.promises()));
        return Findings.of(
                trial.rounds(),
                ledger.jobs(),
                trial.rounds(),
                violations.stream().distinct().toList());
    }

    private void awaitLoad(Ledger ledger, int jobs) throws Exception {
        IntSupplier done = manners == Manners.BUSY ? ledger::brought : ledger::jobs;
        int enough = done.getAsInt() + jobs;
        Ground.await("load", LOAD_TIMEOUT_MS, () -> done.getAsInt() >= enough);
    }
}
