package io.sandrun.node.environment;

import java.util.Set;

/**
 * Which of the declared environments a node's owner wants to offer.
 *
 * @param isAll all that work here; then no names are given
 * @param names the only ones otherwise
 */
public record EnvironmentChoice(boolean isAll, Set<String> names) {
    public static final EnvironmentChoice ALL = new EnvironmentChoice(true, Set.of());
    public static final EnvironmentChoice NONE = only(Set.of());

    public EnvironmentChoice {
        names = Set.copyOf(names);
    }

    public static EnvironmentChoice only(Set<String> names) {
        return new EnvironmentChoice(false, names);
    }

    public boolean includes(String name) {
        return isAll || names.contains(name);
    }

    public boolean isNone() {
        return !isAll && names.isEmpty();
    }
}
