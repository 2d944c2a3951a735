package io.sandrun.broker.mcp;

import java.util.concurrent.CompletableFuture;

/** One request of a client on its way, whose answer may be wanted no more. Thread-safe. */
final class OpenCall {
    /** Under which a tool finds the call that it serves. */
    static final String KEY = "sandrun-call";

    /** Why an answer is not wanted. */
    enum End {
        /** The client called it off, and with it what it was to do. */
        CANCELLED,
        /** This end of the connection goes; what was begun goes on. */
        DROPPED
    }

    private final Workbench workbench;
    private final SessionQuota quota;
    private final CompletableFuture<End> end = new CompletableFuture<>();

    OpenCall(Workbench workbench, SessionQuota quota) {
        this.workbench = workbench;
        this.quota = quota;
    }

    Workbench workbench() {
        return workbench;
    }

    SessionQuota quota() {
        return quota;
    }

    void end(End why) {
        end.complete(why);
    }

    boolean isEnded() {
        return end.isDone();
    }

    /** Runs when the answer is wanted no more; at once if it is not. */
    void whenEnded(Runnable then) {
        var unused = end.thenRun(then);
    }

    /** Likewise, only if the client called it off. */
    void whenCancelled(Runnable then) {
        var unused = end.thenAccept(why -> {
            if (why == End.CANCELLED) {
                then.run();
            }
        });
    }
}
