/** Jobs that mean harm, one after the other, and the traces that they must not leave. */
@NullMarked
package io.sandrun.benchmarks.hostile;

import org.jspecify.annotations.NullMarked;
