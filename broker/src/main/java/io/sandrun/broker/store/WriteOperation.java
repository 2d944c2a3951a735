package io.sandrun.broker.store;

/**
 * Some verbs that succeed or fail together. Runs on the writer's thread inside a savepoint, so it must be quick, must
 * not wait for anything, and may only change the database: what it does in memory is not undone when it fails.
 *
 * @param <T> what it finds out
 */
@FunctionalInterface
public interface WriteOperation<T> {
    T apply(Tables tables);
}
