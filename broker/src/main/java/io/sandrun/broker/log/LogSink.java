package io.sandrun.broker.log;

import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The connection to one who watches a log. */
public interface LogSink {
    /** Why it ends. */
    enum End {
        /** The job has its outcome, and all of its log was sent. */
        JOB_ENDED,
        /** The job was forgotten. */
        FORGOTTEN,
        /** The broker stops: come again. */
        STOPPING,
        /** The log cannot be read: come again. */
        FAILED
    }

    /**
     * Sends one message and returns at once; not called again before it is sent.
     *
     * @param sent called when the message has left, or with the reason why it will not
     */
    void send(String message, Consumer<@Nullable Throwable> sent);

    /** Says farewell and closes, after all that was sent. */
    void end(End why);

    /** Cuts the connection off: the other side takes nothing. */
    void drop();
}
