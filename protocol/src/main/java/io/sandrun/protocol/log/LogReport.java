package io.sandrun.protocol.log;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.List;

/**
 * What a report says of its attempt's log.
 *
 * @param bytes of the whole log
 * @param sent whether the log was sent while the attempt went on; else it is the streams of the report
 * @param order for a log that was not sent: in which order the bytes of the streams were printed; empty if there is
 *     but one stream
 */
@JsonInclude(JsonInclude.Include.NON_EMPTY)
public record LogReport(long bytes, boolean sent, List<Piece> order) {
    /** @param timeMs since the node got the job */
    public record Piece(LogStream stream, int timeMs, int length) {}

    public LogReport {
        order = order == null ? List.of() : List.copyOf(order);
    }
}
