package io.sandrun.broker.log;

import io.sandrun.protocol.log.LogStream;
import org.jspecify.annotations.Nullable;

/**
 * What somebody wants of a log.
 *
 * @param stream the only one that is wanted, or null for the whole log
 * @param attempt whose log {@code offset} is meant of; 0 for whichever there is. Of a later attempt all is wanted
 * @param offset bytes of what is wanted that are known already
 */
public record LogWish(String jobId, @Nullable LogStream stream, int attempt, long offset) {}
