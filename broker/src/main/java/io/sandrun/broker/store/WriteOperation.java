package io.sandrun.broker.store;

/**
 * Some verbs that succeed or fail together. Runs on the writer's thread, so it must be quick and must not wait for
 * anything. It may only change the database: what it does in memory is not undone when it fails, and it runs a second
 * time when another operation of its transaction failed.
 *
 * @param <T> what it finds out
 */
@FunctionalInterface
public interface WriteOperation<T> {
    T apply(Tables tables);
}
