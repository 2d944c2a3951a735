/** Inputs and outputs that are too big, beside a neighbour who must not notice. */
@NullMarked
package io.sandrun.benchmarks.inputs;

import org.jspecify.annotations.NullMarked;
