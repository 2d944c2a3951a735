package io.sandrun.protocol;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;

/**
 * Every error that the broker answers: its stable code, its HTTP status, and whether the same request may be sent
 * again.
 */
public enum ErrorCode {
    /** Not HTTP, or a path, header or framing that HTTP does not allow; also with 414, 431, 501, 505. */
    MALFORMED_REQUEST(400, false),
    /** The body is not JSON, or not an object. */
    INVALID_JSON(400, false),
    /** A required field is absent; {@code details.field} names it. */
    MISSING_FIELD(400, false),
    /** A field has the wrong type or lies outside its bounds; {@code details.field} names it. */
    INVALID_FIELD(400, false),
    /** A field that nobody reads, most often a slip of the pen; {@code details.field} names it. */
    UNKNOWN_FIELD(400, false),
    /** The body is not the multipart/form-data that it says to be, or has too much of something. */
    INVALID_MULTIPART(400, false),
    /** An archive is broken, or has something in it that is not taken; {@code details.fault} tells what. */
    INVALID_ARCHIVE(400, false),
    /** An API key stands in the address, where logs and histories keep it: it belongs into a header. */
    KEY_IN_URL(400, false),
    /** The interpreter's name is none that Sandrun knows. */
    UNKNOWN_INTERPRETER(400, false),
    /** The bytes that came are not those that their SHA-256 names: some were lost or changed on their way. */
    DIGEST_MISMATCH(400, true),
    /** The node's signature on its result does not fit what it reports, or is absent. */
    RESULT_SIGNATURE_INVALID(400, false),
    /** This broker serves those who show an API key. */
    KEY_REQUIRED(401, false),
    /** This is no API key of this broker. */
    KEY_INVALID(401, false),
    /** The API key was revoked, or its time is over. */
    KEY_ENDED(401, false),
    /** A request in a node's name that neither its key nor a session of it vouches for. */
    SIGNATURE_REQUIRED(401, false),
    /** The signature is not of the key that it names, or not on this request. */
    SIGNATURE_INVALID(401, false),
    /** Signed too long ago or ahead of time; {@code details.broker_time_ms} is what the broker's clock shows. */
    CLOCK_OFF(401, false),
    /** This very request came before. */
    REQUEST_REPLAYED(401, false),
    /** The session is over, or of a broker that was started anew: ask for another. */
    SESSION_EXPIRED(401, false),
    /** The key or the session is another node's. */
    WRONG_NODE(401, false),
    /** A web page's {@code Origin} or a foreign {@code Host} that this broker does not serve. */
    ORIGIN_REFUSED(403, false),
    /** A trusted pool, and the node's key is not on its list. */
    WORKER_NOT_LISTED(403, false),
    /** The role of the API key does not allow this; {@code details} has the role, and the one that is needed. */
    ROLE_REFUSED(403, false),
    /** No such path. */
    NOT_FOUND(404, false),
    /** No job has this id; after RESULT_TTL it is forgotten. */
    UNKNOWN_JOB(404, false),
    /** No node has this id: register again. */
    UNKNOWN_NODE(404, false),
    /** The job has no file of this name. */
    UNKNOWN_FILE(404, false),
    /** No node signed a receipt for this job; the sentence tells why. */
    NO_RECEIPT(404, false),
    /** The caller has no session of this id with an agent's tools: it is over, or was never there; begin another. */
    UNKNOWN_SESSION(404, false),
    /** No API key has this id. */
    UNKNOWN_KEY(404, false),
    /** The path exists, the verb does not. */
    METHOD_NOT_ALLOWED(405, false),
    /** The body comes too slowly to be waited for. */
    TOO_SLOW(408, true),
    /** The lease was taken away, or was never held: the report changes nothing. */
    STALE_LEASE(409, false),
    /** The job has its outcome already. */
    ALREADY_FINISHED(409, false),
    /** The Idempotency-Key was used for another request before. */
    IDEMPOTENCY_CONFLICT(409, false),
    /** A report came before the whole log of its attempt; {@code details.offset} tells from where on it is missing. */
    LOG_INCOMPLETE(409, true),
    /** The body is larger than {@link Limits} allows. */
    BODY_TOO_LARGE(413, false),
    /** The content type is none that this path reads. */
    UNSUPPORTED_MEDIA_TYPE(415, false),
    /** The file has no such range of bytes; the header Content-Range tells how many it has. */
    RANGE_NOT_SATISFIABLE(416, false),
    /** The client has or had as much as its quota allows; {@code reason} tells of what. */
    QUOTA_EXCEEDED(429, true),
    /** Too many requests are waiting already. */
    RATE_LIMITED(429, true),
    /** Our own fault; the log of the broker has the one line that tells why. */
    INTERNAL(500, true),
    /** The broker is stopping, or its disk refuses writes. */
    UNAVAILABLE(503, true),
    /** The broker's disk has no room for more files until old ones are forgotten or someone makes room. */
    DISK_FULL(507, true),
    /** Not an error of the caller: the job has no result yet. */
    NOT_FINISHED(202, true);

    private final int httpStatus;
    private final boolean retryable;

    ErrorCode(int httpStatus, boolean retryable) {
        this.httpStatus = httpStatus;
        this.retryable = retryable;
    }

    public int httpStatus() {
        return httpStatus;
    }

    /** Whether the same request may succeed later without a change. */
    public boolean isRetryable() {
        return retryable;
    }

    /** The stable code on the wire. */
    @JsonValue
    public String wire() {
        return name().toLowerCase(Locale.ROOT);
    }
}
