/** Projects whose files are larger than the heaps of those who move them. */
@NullMarked
package io.sandrun.benchmarks.projects;

import org.jspecify.annotations.NullMarked;
