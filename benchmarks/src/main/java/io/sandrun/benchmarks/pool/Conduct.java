package io.sandrun.benchmarks.pool;

import io.sandrun.protocol.Outcome;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** How a node that speaks the protocol answers the jobs of {@link LyingNodes}. */
enum Conduct {
    /** Says what the program would print. */
    HONEST,
    ALTERS_OUTPUT,
    ALTERS_EXIT_CODE,
    /** Says at once what one such program printed once. */
    DOES_NOT_RUN,
    /** Says something wrong that its accomplices say as well. */
    COLLUDES;

    private static final Pattern PROGRAM = Pattern.compile("print\\((\\d+) \\* (\\d+)\\)");

    /** A program of which every node can tell what it prints. */
    static String program(int number) {
        return "print(%d * %d)".formatted(number, number + 7);
    }

    /** What that program prints. */
    static String printed(int number) {
        return number * (number + 7L) + "\n";
    }

    /** What a node says of a program. */
    record Said(String output, int exitCode) {
        Outcome outcome() {
            return exitCode == 0 ? Outcome.OK : Outcome.EXIT_NONZERO;
        }
    }

    /** @param program one of {@link #program} */
    Said say(String program) {
        Matcher matcher = PROGRAM.matcher(program);
        if (!matcher.matches()) {
            throw new IllegalArgumentException("not a program of ours: " + program);
        }
        long right = Long.parseLong(matcher.group(1)) * Long.parseLong(matcher.group(2));
        return switch (this) {
            case HONEST -> new Said(right + "\n", 0);
            case ALTERS_OUTPUT -> new Said((right + 1) + "\n", 0);
            case ALTERS_EXIT_CODE -> new Said(right + "\n", 1);
            case DOES_NOT_RUN -> new Said(printed(0), 0);
            case COLLUDES -> new Said((right + 2) + "\n", 0);
        };
    }
}
