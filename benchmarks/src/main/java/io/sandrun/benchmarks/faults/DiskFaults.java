package io.sandrun.benchmarks.faults;

import io.sandrun.benchmarks.faults.NodeScript.Manners;
import io.sandrun.protocol.BrokerClient;
import io.sandrun.protocol.BrokerException;
import io.sandrun.protocol.ErrorCode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * A disk that refuses for a while, under load, again and again. Meanwhile a submit is answered as unavailable and reads
 * go on; afterwards submits are taken again by themselves, and nothing that was accepted is missing.
 */
final class DiskFaults implements Scenario {
    private static final int JOBS_PER_ROUND = 60;
    private static final int ROUND_MS_MAX = 800;

    /** How soon submits must be refused, and taken again, milliseconds. */
    private static final long CHANGE_TIMEOUT_MS = 20_000;

    private final BadDisk disk;

    DiskFaults(BadDisk disk) {
        this.disk = disk;
    }

    @Override
    public String name() {
        return disk.name();
    }

    @Override
    public Findings run(Trial trial) throws Exception {
        String unavailable = disk.open(trial.scratch());
        if (!unavailable.isEmpty()) {
            return Findings.skipped(unavailable);
        }
        try {
            return runOn(disk.data(), disk.environment(), trial);
        } finally {
            disk.close();
        }
    }

    private Findings runOn(Path data, Map<String, String> environment, Trial trial) throws Exception {
        int port = Server.freePort();
        Ledger ledger = new Ledger();
        List<String> violations = new ArrayList<>();
        Traffic.Plan plan = new Traffic.Plan(2, 2, Manners.MIXED, JOBS_PER_ROUND * trial.rounds(), "true");
        BrokerClient probe = new BrokerClient(Server.url(port));
        try (Server broker = Server.broker(data, port, environment);
                Traffic traffic = new Traffic(
                        Server.url(port),
                        Server.url(port),
                        ledger,
                        plan,
                        trial.random().nextLong())) {
            for (int round = 0; round < trial.rounds(); round++) {
                Ground.pause(trial.random().nextInt(ROUND_MS_MAX));
                String accepted = Traffic.submitOne(probe, "true");
                ledger.accepted(accepted);
                disk.refuse();
                Ground.await("a refused submit", CHANGE_TIMEOUT_MS, () -> isRefused(probe, ledger));
                readsGoOn(probe, accepted, violations);
                Ground.pause(trial.random().nextInt(ROUND_MS_MAX));
                disk.relent();
                Ground.await("a submit after the disk relented", CHANGE_TIMEOUT_MS, () -> !isRefused(probe, ledger));
            }
            traffic.drain(BrokerKills.DRAIN_TIMEOUT);
            broker.kill();
            violations.addAll(Audit.violationsAfterDrain(Ground.books(data, trial.scratch()), ledger.promises()));
        }
        return Findings.of(trial.rounds(), ledger.jobs(), trial.rounds(), violations);
    }

    /** Submits once; any answer but an acceptance and the one refusal is a finding. */
    private static boolean isRefused(BrokerClient probe, Ledger ledger) {
        try {
            ledger.accepted(Traffic.submitOne(probe, "true"));
            return false;
        } catch (BrokerException answered) {
            if (answered.httpStatus() != ErrorCode.UNAVAILABLE.httpStatus() || !answered.is(ErrorCode.UNAVAILABLE)) {
                ledger.complain("a submit to a bad disk was answered %d %s: %s"
                        .formatted(answered.httpStatus(), answered.body().code(), answered.getMessage()));
            }
            return true;
        } catch (IOException broken) {
            ledger.complain("a submit to a bad disk was not answered: " + broken.getMessage());
            return true;
        }
    }

    private static void readsGoOn(BrokerClient probe, String accepted, List<String> violations) {
        try {
            if (!probe.status(accepted, 0).path("job_id").asText().equals(accepted)) {
                violations.add("an accepted job was not read while the disk refused");
            }
            probe.nodes();
        } catch (IOException failed) {
            violations.add("a read failed while the disk refused: " + failed.getMessage());
        }
    }
}
