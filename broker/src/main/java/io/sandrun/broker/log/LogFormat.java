package io.sandrun.broker.log;

import io.sandrun.broker.store.JobRow;
import java.util.List;

/** How a log reads for one who watches it: each text is one message. */
public interface LogFormat {
    /** Before the first text. */
    default List<String> begin(JobRow job) {
        return List.of();
    }

    /** @param attempt whose log it is */
    List<String> of(int attempt, List<LogText.Part> parts);

    /** When nothing was sent for a while. */
    default List<String> keepAlive() {
        return List.of();
    }

    /** After the last text, when the job has its outcome. */
    default List<String> end(JobRow job) {
        return List.of();
    }
}
