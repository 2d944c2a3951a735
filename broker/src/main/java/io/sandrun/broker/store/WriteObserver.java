package io.sandrun.broker.store;

/**
 * Sees each step of the writing connection just before it is taken. For tests that stop or fail a broker between two
 * steps; a broker that serves has {@link #NONE}. Called on the writer's thread, which waits for it.
 */
@FunctionalInterface
public interface WriteObserver {
    /** Sees nothing. */
    WriteObserver NONE = step -> {};

    /** What is about to happen. */
    enum Step {
        /** A statement runs. An exception thrown before it fails its operation. */
        STATEMENT,
        /** The transaction is committed. An exception thrown before it fails every operation of the transaction. */
        COMMIT,
        /** What was committed is answered. Nothing may be thrown any more. */
        ANSWER
    }

    void before(Step step);
}
