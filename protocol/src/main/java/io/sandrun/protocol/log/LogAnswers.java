package io.sandrun.protocol.log;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.sandrun.protocol.ErrorBody;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** @param logs what the broker says to each part of a {@link LogBatch}, in its order */
public record LogAnswers(List<OfLog> logs) {
    /**
     * Either the offset, or the fields of an {@link ErrorBody}.
     *
     * @param offset bytes of the log that the broker has: what comes next begins there
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record OfLog(
            String leaseId,
            @Nullable Long offset,
            @Nullable String error,
            @Nullable String code,
            @Nullable Map<String, Object> details) {
        public static OfLog taken(String leaseId, long offset) {
            return new OfLog(leaseId, offset, null, null, null);
        }

        public static OfLog refused(String leaseId, ErrorBody why) {
            return new OfLog(leaseId, null, why.error(), why.code(), why.details());
        }
    }

    public LogAnswers {
        logs = List.copyOf(logs);
    }
}
