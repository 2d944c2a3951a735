package io.sandrun.broker.store;

import java.util.function.Function;

/**
 * One operation and what turns its finding into the answer.
 *
 * @param afterCommit runs on the writer's thread after the commit, so it may change memory but must not wait
 */
public record Write<T, R>(WriteOperation<T> operation, Function<T, R> afterCommit) {}
