package io.sandrun.broker.http;

import io.sandrun.broker.log.LogFormat;
import io.sandrun.broker.log.LogText;
import io.sandrun.broker.store.JobRow;
import io.sandrun.protocol.JobState;
import io.sandrun.protocol.Json;
import io.sandrun.protocol.log.LogEnd;
import io.sandrun.protocol.log.LogPart;
import java.util.List;
import java.util.stream.Collectors;

/** How logs read for those who watch them. */
final class LogFormats {
    /** Nothing but text. */
    static final LogFormat TEXT = (attempt, parts) -> text(parts);

    /** Each part with its place. */
    static final LogFormat JSON = (attempt, parts) ->
            parts.stream().map(part -> Json.write(part(attempt, part))).toList();

    /** Text between two lines about the job, for clients of the prototype. */
    static final LogFormat TEXT_WITH_STATUS = new LogFormat() {
        @Override
        public List<String> begin(JobRow job) {
            return List.of("[STATUS] Job status: " + job.status());
        }

        @Override
        public List<String> of(int attempt, List<LogText.Part> parts) {
            return text(parts);
        }

        @Override
        public List<String> end(JobRow job) {
            return List.of(job.state() == JobState.COMPLETED ? "[DONE] Job completed" : "[DONE] Job failed");
        }
    };

    /** Server-sent events: the part as JSON, since an event cannot carry every line end as it is. */
    static final LogFormat EVENTS = new LogFormat() {
        /** Says at once that the stream is open: without a byte the headers would wait too. */
        @Override
        public List<String> begin(JobRow job) {
            return keepAlive();
        }

        @Override
        public List<String> of(int attempt, List<LogText.Part> parts) {
            return parts.stream()
                    .map(part -> "id: %d.%d\ndata: %s\n\n"
                            .formatted(attempt, part.offset() + part.length(), Json.write(part(attempt, part))))
                    .toList();
        }

        @Override
        public List<String> end(JobRow job) {
            LogEnd end = new LogEnd(job.id(), job.status(), job.state(), job.outcome(), job.reason());
            return List.of("event: end\ndata: %s\n\n".formatted(Json.write(end)));
        }

        @Override
        public List<String> keepAlive() {
            return List.of(": still here\n\n");
        }
    };

    private LogFormats() {}

    private static List<String> text(List<LogText.Part> parts) {
        return parts.isEmpty()
                ? List.of()
                : List.of(parts.stream().map(LogText.Part::text).collect(Collectors.joining()));
    }

    private static LogPart part(int attempt, LogText.Part part) {
        return new LogPart(part.stream(), part.offset(), part.length(), part.timeMs() / 1e3, attempt, part.text());
    }
}
