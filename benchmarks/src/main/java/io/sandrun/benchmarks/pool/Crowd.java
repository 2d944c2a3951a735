package io.sandrun.benchmarks.pool;

import io.sandrun.broker.reputation.Standing;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;

/** The nodes of a simulated pool, and which of them asks for work next. One thread. */
final class Crowd {
    /** Of a hundred liars, so many are of each temper; the rest lies always. */
    private static final int SOMETIMES = 20;

    private static final int ONCE_PROVEN = 20;
    private static final int IN_PAIRS = 30;
    private static final int RETURNING = 10;
    private static final int PER = 100;

    /** Slots of a node: a doubted one holds one copy at a time, so that it gets a quarter of the work of others. */
    private static final int SLOTS = 4;

    private final List<Volunteer> nodes = new ArrayList<>();

    private Crowd() {}

    /** A crowd in which there is a ring if there are enough liars for one. */
    static Crowd of(int size, int liars) {
        Crowd crowd = new Crowd();
        int ring = liars >= 2 * Temper.RING_SIZE ? Temper.RING_SIZE : 0;
        crowd.add(ring, Temper.RING);
        int others = liars - ring;
        crowd.add(others * SOMETIMES / PER, Temper.SOMETIMES);
        crowd.add(others * ONCE_PROVEN / PER, Temper.ONCE_PROVEN);
        crowd.add(others * IN_PAIRS / PER / 2 * 2, Temper.PAIR);
        crowd.add(others * RETURNING / PER, Temper.RETURNING);
        crowd.add(liars - crowd.nodes.size(), Temper.ALWAYS);
        crowd.add(size - liars, Temper.HONEST);
        return crowd;
    }

    private void add(int count, Temper temper) {
        for (int number = 0; number < count; number++) {
            int accomplices = switch (temper) {
                case PAIR -> number / 2;
                case RING -> 0;
                case HONEST, ALWAYS, SOMETIMES, ONCE_PROVEN, RETURNING -> number;
            };
            nodes.add(new Volunteer(temper, "wrong of " + temper + " " + accomplices));
        }
    }

    List<Volunteer> nodes() {
        return nodes;
    }

    /** The node that asks for work next and may have a copy of a job; those that had one may not. */
    Volunteer next(Set<Volunteer> had, SplittableRandom random) {
        while (true) {
            Volunteer node = nodes.get(random.nextInt(nodes.size()));
            boolean isFree = node.reputation().copiesAtOnce() > random.nextInt(SLOTS);
            if (isFree && !had.contains(node)) {
                return node;
            }
        }
    }

    /** Any node that had no copy of a job, whatever is known of it. */
    Volunteer any(Set<Volunteer> had, SplittableRandom random) {
        while (true) {
            Volunteer node = nodes.get(random.nextInt(nodes.size()));
            if (!had.contains(node)) {
                return node;
            }
        }
    }

    List<Volunteer> of(Temper temper) {
        return nodes.stream().filter(node -> node.temper() == temper).toList();
    }

    long count(Temper temper, Standing standing) {
        return of(temper).stream().filter(node -> node.standing() == standing).count();
    }
}
