package io.sandrun.broker.http.flow;

/**
 * Memory for bodies that are on their way, and the watch over how fast they move.
 *
 * @param bytes counted of each body beyond {@link io.sandrun.protocol.Limits#BODY_UNCOUNTED_BYTES}
 */
record Room(Shares bytes, PaceWatch watch) {}
