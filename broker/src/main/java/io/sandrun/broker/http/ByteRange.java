package io.sandrun.broker.http;

import java.math.BigInteger;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Some bytes of a file.
 *
 * @param first the offset of the first one
 * @param length how many; 0 also says that the file has none of those that were asked for
 */
record ByteRange(long first, long length) {
    private static final Pattern ONE_RANGE = Pattern.compile("(?i)bytes=\\s*(?:(\\d+)-(\\d*)|-(\\d+))\\s*");
    private static final BigInteger LARGEST = BigInteger.valueOf(Long.MAX_VALUE);

    /** All of a file. */
    static ByteRange whole(long sizeBytes) {
        return new ByteRange(0, sizeBytes);
    }

    /**
     * What the header Range asks for. It is empty for several ranges, and for what cannot be read: that is answered
     * with the whole, as HTTP allows.
     */
    static Optional<ByteRange> parse(@Nullable String header, long sizeBytes) {
        Matcher asked = ONE_RANGE.matcher(header == null ? "" : header);
        if (!asked.matches()) {
            return Optional.empty();
        }
        String fromEnd = asked.group(3);
        if (fromEnd != null) {
            long length = Math.min(number(fromEnd), sizeBytes);
            return sizeBytes == 0 ? Optional.empty() : Optional.of(new ByteRange(sizeBytes - length, length));
        }
        long first = number(asked.group(1));
        long last = asked.group(2).isEmpty() ? Long.MAX_VALUE : number(asked.group(2));
        if (last < first) {
            return Optional.empty();
        }
        long length = first >= sizeBytes ? 0 : Math.min(last, sizeBytes - 1) - first + 1;
        return Optional.of(new ByteRange(first, length));
    }

    /** Numbers beyond every file are all the same. */
    private static long number(String digits) {
        return new BigInteger(digits).min(LARGEST).longValue();
    }

    boolean isEmpty() {
        return length == 0;
    }

    /** The value of the header Content-Range. */
    String contentRange(long sizeBytes) {
        return "bytes " + first + "-" + (first + length - 1) + "/" + sizeBytes;
    }
}
