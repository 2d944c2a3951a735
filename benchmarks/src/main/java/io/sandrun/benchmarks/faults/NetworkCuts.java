package io.sandrun.benchmarks.faults;

import io.sandrun.benchmarks.faults.NodeScript.Manners;
import io.sandrun.broker.store.Books;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * A network between nodes and broker that loses requests, answers and halves of them, holds others back, and is cut
 * altogether now and then. Submitters and readers are not behind it, so that every job's end is seen.
 */
final class NetworkCuts implements Scenario {
    private static final int JOBS_PER_ROUND = 100;
    private static final int ROUND_MS_MAX = 1_500;
    private static final int CUT_MS_MAX = 800;
    private static final double FAULTS_PER_CHUNK = 0.1;

    @Override
    public String name() {
        return "network-cut";
    }

    @Override
    public Findings run(Trial trial) throws Exception {
        int port = Server.freePort();
        Path data = trial.scratch().resolve("broker");
        Ledger ledger = new Ledger();
        Traffic.Plan plan = new Traffic.Plan(2, 4, Manners.MIXED, JOBS_PER_ROUND * trial.rounds(), "true");
        int faults;
        try (Server broker = Server.broker(data, port, Map.of());
                CuttingProxy proxy = new CuttingProxy(port, trial.random().nextLong());
                Traffic traffic = new Traffic(
                        Server.url(port),
                        proxy.url(),
                        ledger,
                        plan,
                        trial.random().nextLong())) {
            proxy.beUnreliable(FAULTS_PER_CHUNK);
            for (int round = 0; round < trial.rounds(); round++) {
                Ground.pause(trial.random().nextInt(ROUND_MS_MAX));
                proxy.cut();
                Ground.pause(trial.random().nextInt(CUT_MS_MAX));
                proxy.restore();
            }
            proxy.beUnreliable(0);
            faults = proxy.faults();
            traffic.drain(BrokerKills.DRAIN_TIMEOUT);
            broker.kill();
        }
        Books books = Ground.books(data, trial.scratch());
        List<String> violations = Audit.violationsAfterDrain(books, ledger.promises());
        return Findings.of(trial.rounds(), ledger.jobs(), faults, violations);
    }
}
