package io.sandrun.protocol.identity;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a request of a session carries in its header {@code Authorization}, see {@link SessionSecret}.
 *
 * @param token names the session; worth nothing without its secret
 * @param number which request of the session it is, from 1; each has another
 * @param seal base64 of 32 bytes
 */
public record SealedRequest(String token, long number, String seal) {
    /** The scheme of the header. */
    public static final String SCHEME = "Sandrun-Sealed";

    /** The header of the answer that has the seal of that. */
    public static final String ANSWER_HEADER = "Sandrun-Seal";

    private static final Pattern HEADER =
            Pattern.compile(SCHEME + " token=([\\w-]{1,128}), number=([1-9]\\d{0,17}), seal=([A-Za-z0-9+/]{43}=)");

    /** The value of the header. */
    public String header() {
        return SCHEME + " token=" + token + ", number=" + number + ", seal=" + seal;
    }

    /** What a header's value says; empty if it is of another scheme or not whole. */
    public static Optional<SealedRequest> parse(String header) {
        Matcher said = HEADER.matcher(header);
        return said.matches()
                ? Optional.of(new SealedRequest(said.group(1), Long.parseLong(said.group(2)), said.group(3)))
                : Optional.empty();
    }

    /** Without the seal, which no log needs. */
    @Override
    public String toString() {
        return "SealedRequest[number=" + number + "]";
    }
}
