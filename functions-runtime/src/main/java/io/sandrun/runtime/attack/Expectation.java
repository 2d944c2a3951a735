package io.sandrun.runtime.attack;

import io.sandrun.runtime.Outcome;
import io.sandrun.runtime.output.LeftOut;
import java.time.Duration;
import java.util.Locale;

/** What has to come of an attack; attacks.txt explains each. */
public sealed interface Expectation {
    /** Enough for every attack that does not try to use up time, also on a machine that is busy. */
    Duration AMPLE = Duration.ofSeconds(15);

    record Refused() implements Expectation {}

    record Killed(int signal) implements Expectation {}

    /** @param orRefused whether it may also say that it was blocked: not every host has to get that far */
    record Ends(Outcome outcome, Duration wallTime, Duration cpuTime, boolean orRefused) implements Expectation {}

    record LeavesNone() implements Expectation {}

    /** Of the outputs. */
    record LeavesOut(LeftOut.Reason reason) implements Expectation {}

    /** @param entry how the name begins, of the entry that is to blame */
    record RefusesEntry(String entry) implements Expectation {}

    /** @throws IllegalArgumentException if there is no such expectation */
    static Expectation of(String words) {
        String[] word = words.split(" ", -1);
        if (words.equals("refused")) {
            return new Refused();
        }
        if (words.equals("leaves none")) {
            return new LeavesNone();
        }
        if (words.startsWith("leaves out ") && word.length == 3) {
            return new LeavesOut(LeftOut.Reason.valueOf(word[2].toUpperCase(Locale.ROOT)));
        }
        if (words.startsWith("refuses entry ") && word.length == 3) {
            return new RefusesEntry(word[2]);
        }
        if (word[0].equals("killed") && word.length == 2) {
            return new Killed(Integer.parseInt(word[1]));
        }
        if (words.startsWith("refused or ")) {
            Ends ends = (Ends) of(words.substring("refused or ".length()));
            return new Ends(ends.outcome(), ends.wallTime(), ends.cpuTime(), true);
        }
        if (word[0].equals("ends") && (word.length == 2 || word.length == 4)) {
            Outcome outcome = Outcome.valueOf(word[1].toUpperCase(Locale.ROOT));
            Duration limit = word.length == 4 ? Duration.ofSeconds(Integer.parseInt(word[3])) : AMPLE;
            boolean wall = word.length == 4 && word[2].equals("wall");
            return wall ? new Ends(outcome, limit, AMPLE, false) : new Ends(outcome, AMPLE, limit, false);
        }
        throw new IllegalArgumentException("no such expectation: " + words);
    }

    default Duration wallTime() {
        return AMPLE;
    }

    default Duration cpuTime() {
        return AMPLE;
    }
}
