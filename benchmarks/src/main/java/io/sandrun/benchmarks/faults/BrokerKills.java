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
    private static final int ROUND_MS_MIN = 200;
    private static final int ROUND_MS_MAX = 1_500;
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
                Ground.pause(trial.random().nextInt(ROUND_MS_MIN, ROUND_MS_MAX));
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
}
