/** Faults put into a running platform, and audits of what it promised. One command: {@code benchmarks/run faults}. */
@NullMarked
package io.sandrun.benchmarks.faults;

import org.jspecify.annotations.NullMarked;
