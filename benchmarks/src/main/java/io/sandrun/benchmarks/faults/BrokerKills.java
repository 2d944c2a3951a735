package io.sandrun.benchmarks.faults;

import io.sandrun.benchmarks.faults.NodeScript.Manners;
import io.sandrun.broker.store.Books;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** {@code kill -9} of the broker at random moments under load; it starts again over the same data on the same port. */
final class BrokerKills implements Scenario {
    static final Duration DRAIN_TIMEOUT = Duration.ofMinutes(2);
    /** The moment of a kill is chosen by the work done since the last one, so that a slow machine tests as much. */
    private static final int JOBS_BETWEEN_KILLS_MAX = 60;

    private static final int MORE_MS_MAX = 200;
    private static final long LOAD_TIMEOUT_MS = 20_000;
    private static final int JOBS_PER_ROUND = 250;

    @Override
    public String name() {
        return "broker-kill";
    }

    @Override
    public Findings run(Trial trial) throws Exception {
        int port = Server.freePort();
        Path data = trial.scratch().resolve("broker");
        Ledger ledger = new Ledger();
        List<String> violations = new ArrayList<>();
        Traffic.Plan plan = new Traffic.Plan(3, 3, Manners.MIXED, JOBS_PER_ROUND * trial.rounds(), "true");
        try (Server broker = Server.broker(data, port, Map.of());
                Traffic traffic = new Traffic(
                        Server.url(port),
                        Server.url(port),
                        ledger,
                        plan,
                        trial.random().nextLong())) {
            for (int round = 0; round < trial.rounds(); round++) {
                awaitLoad(ledger, trial.random().nextInt(JOBS_BETWEEN_KILLS_MAX));
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

    private static void awaitLoad(Ledger ledger, int jobs) throws Exception {
        int enough = ledger.jobs() + jobs;
        Ground.await("load", LOAD_TIMEOUT_MS, () -> ledger.jobs() >= enough);
    }
}
