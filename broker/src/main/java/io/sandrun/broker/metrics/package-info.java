/** What the broker tells machines that watch it: counts of what happened, and how things stand. */
@NullMarked
package io.sandrun.broker.metrics;

import org.jspecify.annotations.NullMarked;
