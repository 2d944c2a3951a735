package io.sandrun.broker;

import java.security.SecureRandom;
import java.time.Clock;

/**
 * Makes ids that nobody can guess and that sort by the time they were made: a word for the kind, then 48 bits of
 * milliseconds and 80 random bits in lower-case Crockford base32. The layout is ULID's
 * (<a href="https://github.com/ulid/spec">specification</a>). Thread-safe.
 */
public final class FreshId {
    /** Base32 without the letters that people misread: i, l, o, u. */
    private static final char[] ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz".toCharArray();

    private static final int TIME_CHARACTERS = 10;
    private static final int RANDOM_CHARACTERS = 16;
    private static final int BITS = 5;

    private final Clock clock;
    private final SecureRandom random = new SecureRandom();

    public FreshId(Clock clock) {
        this.clock = clock;
    }

    /** The older pool clients look for {@code pool-} in a job's id. */
    public String job() {
        return next("pool-");
    }

    public String lease() {
        return next("lease-");
    }

    public String node() {
        return next("node-");
    }

    private String next(String prefix) {
        StringBuilder id = new StringBuilder(prefix.length() + TIME_CHARACTERS + RANDOM_CHARACTERS).append(prefix);
        append(id, clock.millis(), TIME_CHARACTERS);
        append(id, random.nextLong(), RANDOM_CHARACTERS / 2);
        append(id, random.nextLong(), RANDOM_CHARACTERS / 2);
        return id.toString();
    }

    private static void append(StringBuilder id, long value, int characters) {
        for (int left = characters - 1; left >= 0; left--) {
            id.append(ALPHABET[(int) (value >>> (left * BITS)) & (ALPHABET.length - 1)]);
        }
    }
}
