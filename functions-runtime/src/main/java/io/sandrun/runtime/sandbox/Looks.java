package io.sandrun.runtime.sandbox;

import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/**
 * At which environment variables imports have looked, as zygotes have told: jobs that differ in others can be forked
 * from one zygote. Thread-safe.
 */
final class Looks {
    /** Told instead of names by who has looked at all variables, or at too many. */
    static final String EVERYTHING = "*";

    private static final int KINDS_REMEMBERED = 64;

    /** Of one kind; imports that look at others each time look at all. */
    private static final int MOST_NAMES = 2048;

    /** By kinds without variables, since at which of them somebody looks may depend on others. */
    private final Map<ZygoteKind, Set<String>> names = new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<ZygoteKind, Set<String>> eldest) {
            return size() > KINDS_REMEMBERED;
        }
    };

    /** @param kind without variables */
    synchronized Set<String> at(ZygoteKind kind) {
        return names.getOrDefault(kind, Set.of());
    }

    /** @param kind with those that were there, or without */
    synchronized void note(ZygoteKind kind, Set<String> lookedAt) {
        if (lookedAt.isEmpty()) {
            return;
        }
        ZygoteKind bare = kind.withoutVariables();
        Set<String> known = new HashSet<>(at(bare));
        known.addAll(lookedAt);
        names.put(bare, known.size() > MOST_NAMES ? Set.of(EVERYTHING) : Set.copyOf(known));
    }
}
