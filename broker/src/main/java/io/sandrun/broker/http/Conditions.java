package io.sandrun.broker.http;

import io.javalin.http.Context;
import io.javalin.http.HandlerType;
import io.sandrun.broker.Refusal;
import io.sandrun.protocol.ErrorCode;
import java.util.Map;
import java.util.Optional;

/** What a caller has of a file already, and what it wants of it: the conditions and the range of its request. */
final class Conditions {
    private Conditions() {}

    /** The tag of bytes that never change under it. */
    static String tag(String sha256) {
        return '"' + sha256 + '"';
    }

    /** Whether the caller has the very bytes already. */
    static boolean hasAlready(Context request, String tag) {
        String known = request.header("If-None-Match");
        if (known == null) {
            return false;
        }
        for (String one : known.split(",", -1)) {
            String stripped = one.strip();
            if (stripped.equals("*") || stripped.equals(tag) || stripped.equals("W/" + tag)) {
                return true;
            }
        }
        return false;
    }

    /**
     * The part that the caller wants; empty for the whole, also if it has begun with other bytes.
     *
     * @throws Refusal if the file has no such part; the header Content-Range then tells how long it is
     */
    static Optional<ByteRange> wanted(Context request, String tag, long sizeBytes) {
        String begunWith = request.header("If-Range");
        boolean hasBegunWithOther = begunWith != null && !begunWith.strip().equals(tag);
        if (hasBegunWithOther || request.method().equals(HandlerType.HEAD)) {
            return Optional.empty();
        }
        Optional<ByteRange> range = ByteRange.parse(request.header("Range"), sizeBytes);
        if (range.isPresent() && range.get().isEmpty()) {
            request.header("Content-Range", "bytes */" + sizeBytes);
            throw new Refusal(
                    ErrorCode.RANGE_NOT_SATISFIABLE,
                    "The file has " + sizeBytes + " bytes, and none of those that the header Range asks for.",
                    Map.of("size_bytes", sizeBytes));
        }
        return range;
    }
}
