package io.sandrun.runtime.attack;

import java.util.List;

/**
 * One attack, as attacks.txt has it.
 *
 * @param steps arguments of the attack program with placeholders, one list per job; the last one is judged
 * @param tries what it tries, for a person
 */
public record Attack(
        String group, String name, List<List<String>> steps, Expectation expectation, Proof proof, String tries) {
    /** How it is shown that the attack works where there is no sandbox. */
    public enum Proof {
        PLAIN,
        ROOT,
        SCRATCH
    }

    public Attack {
        steps = List.copyOf(steps);
    }

    /** Whether a person who says this word means it: its name, or its group's. */
    public boolean isCalled(String word) {
        return name.equals(word) || group.equals(word);
    }

    Finding found(Verdict verdict, String seen) {
        return new Finding(group, name, verdict, seen, tries);
    }
}
