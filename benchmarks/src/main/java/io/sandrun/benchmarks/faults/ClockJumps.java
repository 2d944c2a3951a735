package io.sandrun.benchmarks.faults;

import io.sandrun.benchmarks.faults.NodeScript.Manners;
import io.sandrun.broker.Broker;
import io.sandrun.broker.BrokerConfig;
import io.sandrun.broker.SteadyClock;
import io.sandrun.broker.store.Books;
import io.sandrun.protocol.Outcome;
import java.net.URI;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/**
 * The wall clock under a broker is set forward and backward, by seconds to days, while well-behaved nodes work. None of
 * them may lose a lease, nothing may be handed out twice, and no result may go before its time.
 */
final class ClockJumps implements Scenario {
    private static final int JOBS_PER_ROUND = 60;
    private static final int ROUND_MS_MAX = 1_000;
    private static final long JUMP_SECONDS_MAX = Duration.ofDays(2).toSeconds();

    private final Function<Clock, Clock> brokersClock;
    private final Duration drainTimeout;

    ClockJumps() {
        this(wall -> new SteadyClock(wall, System::nanoTime), BrokerKills.DRAIN_TIMEOUT);
    }

    /**
     * @param brokersClock what the broker makes of the wall clock
     * @param drainTimeout how long jobs may take to end when the last jump was made
     */
    ClockJumps(Function<Clock, Clock> brokersClock, Duration drainTimeout) {
        this.brokersClock = brokersClock;
        this.drainTimeout = drainTimeout;
    }

    @Override
    public String name() {
        return "clock-jump";
    }

    @Override
    public Findings run(Trial trial) throws Exception {
        Path data = trial.scratch().resolve("broker");
        HandClock wall = HandClock.going();
        BrokerConfig config = BrokerConfig.builder(data)
                .port(0)
                .nodeTimeout(Server.NODE_TIMEOUT)
                .build();
        Ledger ledger = new Ledger();
        Traffic.Plan plan = new Traffic.Plan(2, 3, Manners.GOOD, JOBS_PER_ROUND * trial.rounds(), "true");
        try (Broker broker = Broker.start(config, brokersClock.apply(wall));
                Traffic traffic = new Traffic(
                        URI.create(broker.url()),
                        URI.create(broker.url()),
                        ledger,
                        plan,
                        trial.random().nextLong())) {
            for (int round = 0; round < trial.rounds(); round++) {
                Ground.pause(trial.random().nextInt(ROUND_MS_MAX));
                wall.jump(Duration.ofSeconds(trial.random().nextLong(-JUMP_SECONDS_MAX, JUMP_SECONDS_MAX)));
            }
            traffic.drain(drainTimeout);
        }
        Books books = Ground.books(data, trial.scratch());
        List<String> violations = new ArrayList<>(Audit.violationsAfterDrain(books, ledger.promises()));
        books.attempts().stream()
                .filter(attempt -> Outcome.NODE_LOST.wire().equals(attempt.outcome()))
                .forEach(attempt -> violations.add("job %s lost a lease to the clock".formatted(attempt.jobId())));
        return Findings.of(trial.rounds(), ledger.jobs(), trial.rounds(), violations);
    }
}
