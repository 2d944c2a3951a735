package io.sandrun.benchmarks;

import java.io.IOException;
import java.util.List;

/** One way of starting, and how long it took. */
record Entrant(String name, Launcher launcher, Samples samples) {
    /** Starts all of them once in each round, in turn, and closes them. What the warm-up takes is not kept. */
    static void inTurn(List<Entrant> entrants, int warmUpRounds, int rounds) throws IOException {
        for (int round = -warmUpRounds; round < rounds; round++) {
            for (Entrant entrant : entrants) {
                long nanos = entrant.launcher().start();
                if (round >= 0) {
                    entrant.samples().add(nanos);
                }
            }
        }
        for (Entrant entrant : entrants) {
            entrant.launcher().close();
        }
    }
}
