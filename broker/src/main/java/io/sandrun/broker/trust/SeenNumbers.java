package io.sandrun.broker.trust;

import java.util.BitSet;

/**
 * Which requests of one session came already. Each has its own number, and may overtake others on its way: one that is
 * behind the newest by more than {@link #WINDOW} is taken to have come. Thread-safe.
 */
final class SeenNumbers {
    /** Requests of one node under way at once: a claim for each of its places, and as much again. */
    static final int WINDOW = 1_024;

    private final BitSet seen = new BitSet();
    private long newest;

    /** Notes a number above 0; answers false if it was noted before, or may have been. */
    synchronized boolean isFirst(long number) {
        if (number <= newest - WINDOW) {
            return false;
        }
        if (number > newest) {
            forgetAhead(number);
            newest = number;
        }
        int place = place(number);
        if (seen.get(place)) {
            return false;
        }
        seen.set(place);
        return true;
    }

    /** The places up to this number stood for ones that are out of the window now. */
    private void forgetAhead(long number) {
        if (number - newest >= WINDOW) {
            seen.clear();
            return;
        }
        for (long ahead = newest + 1; ahead <= number; ahead++) {
            seen.clear(place(ahead));
        }
    }

    private static int place(long number) {
        return (int) (number % WINDOW);
    }
}
