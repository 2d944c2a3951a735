package io.sandrun.protocol;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import java.util.Map;

/**
 * The one shape of every error.
 *
 * @param error a sentence that a person can act on
 * @param code the stable code, see {@link ErrorCode}; a plain string so that a client also reads codes newer than
 * itself
 * @param details what else is known, for programs; the field at fault is under {@code field}
 */
@JsonIgnoreProperties(ignoreUnknown = true)
public record ErrorBody(String error, String code, Map<String, Object> details) {
    public ErrorBody {
        details = details == null ? Map.of() : details;
    }
}
