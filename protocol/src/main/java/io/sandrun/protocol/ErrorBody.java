package io.sandrun.protocol;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The one shape of every error.
 *
 * @param error a sentence that a person can act on
 * @param code the stable code, see {@link ErrorCode}; a plain string so that a client also reads codes newer than
 * itself
 * @param details what else is known, for programs; the field at fault is under {@code field}
 * @param reason which quota is used up, and absent for every other error
 * @param retryAfter seconds after which it may have room again, and absent likewise
 */
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_NULL)
public record ErrorBody(
        String error,
        String code,
        Map<String, Object> details,
        @Nullable String reason,
        @Nullable Integer retryAfter) {
    public ErrorBody(String error, String code, Map<String, Object> details) {
        this(error, code, details, null, null);
    }

    public ErrorBody {
        details = details == null ? Map.of() : details;
    }
}
