package io.sandrun.broker.access;

import java.util.Arrays;

/** What was added within the last while, to the fineness of one slot. Not thread-safe. */
final class SlidingSum {
    private final long slotMs;
    private final double[] slots;
    private long current;

    /** @param slots of {@code slotMs} milliseconds each, which together are the while */
    SlidingSum(int slots, long slotMs) {
        this.slotMs = slotMs;
        this.slots = new double[slots];
    }

    void add(long nowMs, double amount) {
        moveTo(nowMs);
        slots[(int) (current % slots.length)] += amount;
    }

    double sum(long nowMs) {
        moveTo(nowMs);
        return Arrays.stream(slots).sum();
    }

    /** How long it takes until the sum is at most this, if nothing is added; milliseconds. */
    long msUntil(long nowMs, double most) {
        double sum = sum(nowMs);
        for (int age = slots.length - 1; age >= 0; age--) {
            if (sum <= most) {
                break;
            }
            sum -= slots[(int) Math.floorMod(current - age, (long) slots.length)];
            if (sum <= most) {
                return (current - age + slots.length) * slotMs - nowMs;
            }
        }
        return 0;
    }

    /** A clock that goes back finds everything in the present slot. */
    private void moveTo(long nowMs) {
        long slot = nowMs / slotMs;
        if (slot - current >= slots.length) {
            Arrays.fill(slots, 0);
        } else {
            for (long next = current + 1; next <= slot; next++) {
                slots[(int) (next % slots.length)] = 0;
            }
        }
        current = Math.max(current, slot);
    }
}
