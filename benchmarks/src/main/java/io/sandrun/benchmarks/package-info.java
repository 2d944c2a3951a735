/** Whole-system measurements that print ratios. */
@NullMarked
package io.sandrun.benchmarks;

import org.jspecify.annotations.NullMarked;
