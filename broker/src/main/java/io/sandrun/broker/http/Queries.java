package io.sandrun.broker.http;

import io.sandrun.broker.Refusal;
import io.sandrun.protocol.ErrorCode;
import io.sandrun.protocol.Limits;
import java.util.HexFormat;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Looks at the part of an address behind the question mark before anybody reads parameters out of it. */
final class Queries {
    private Queries() {}

    /** @throws Refusal if it cannot be read, or has too much in it */
    static void check(@Nullable String query) {
        if (query == null) {
            return;
        }
        if (!isWellEscaped(query)) {
            throw new Refusal(
                    ErrorCode.MALFORMED_REQUEST,
                    "A percent sign in the query must be followed by two hexadecimal digits; the sign itself is %25.");
        }
        if (query.chars().filter(next -> next == '&').count() >= Limits.QUERY_PARAMETERS) {
            throw new Refusal(
                    ErrorCode.MALFORMED_REQUEST,
                    "The query has more than " + Limits.QUERY_PARAMETERS + " parameters.",
                    Map.of("limit", Limits.QUERY_PARAMETERS));
        }
    }

    private static boolean isWellEscaped(String query) {
        for (int at = query.indexOf('%'); at >= 0; at = query.indexOf('%', at + 1)) {
            if (at + 2 >= query.length()
                    || !HexFormat.isHexDigit(query.charAt(at + 1))
                    || !HexFormat.isHexDigit(query.charAt(at + 2))) {
                return false;
            }
        }
        return true;
    }
}
