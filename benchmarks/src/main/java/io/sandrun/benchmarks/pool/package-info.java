/** A simulated open pool, in which some nodes lie, under the broker's own policy. */
@NullMarked
package io.sandrun.benchmarks.pool;

import org.jspecify.annotations.NullMarked;
