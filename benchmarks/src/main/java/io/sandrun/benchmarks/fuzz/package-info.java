/** Bytes that nobody meant, sent at everything of ours that reads bytes: coverage-guided, from a kept corpus. */
@NullMarked
package io.sandrun.benchmarks.fuzz;

import org.jspecify.annotations.NullMarked;
