package io.sandrun.benchmarks.pool;

import io.sandrun.broker.reputation.Standing;
import java.util.SplittableRandom;

/** How a simulated node answers. */
enum Temper {
    HONEST("honest"),

    /** Every answer is wrong, and its own. */
    ALWAYS("lies always"),

    /** One answer of ten is wrong. */
    SOMETIMES("lies in one job of ten"),

    /** Honest until its answers are taken on its word. */
    ONCE_PROVEN("lies once proven"),

    /** Two of them have the same wrong answer to everything. */
    PAIR("pairs with one lie"),

    /**
     * Ten of them have the same wrong answer, and wait with it until they are proven: they could cover for each other.
     */
    RING("a ring, once proven"),

    /** Every answer is wrong; when it is barred, it comes back with a new key and from a new address. */
    RETURNING("comes back with a new key");

    /** How many nodes make common cause in a ring. */
    static final int RING_SIZE = 10;

    private static final double LIES_SOMETIMES = 0.1;

    private final String words;

    Temper(String words) {
        this.words = words;
    }

    String words() {
        return words;
    }

    /** Whether a node of this temper and standing lies now. */
    boolean lies(Standing standing, SplittableRandom random) {
        return switch (this) {
            case HONEST -> false;
            case ALWAYS, PAIR, RETURNING -> true;
            case SOMETIMES -> random.nextDouble() < LIES_SOMETIMES;
            case ONCE_PROVEN, RING -> standing == Standing.PROVEN;
        };
    }
}
