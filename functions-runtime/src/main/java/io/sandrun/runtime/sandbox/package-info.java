/** One slot's sandboxes: what to build (the plan), the resident that builds it, and the loop that watches a run. */
@NullMarked
package io.sandrun.runtime.sandbox;

import org.jspecify.annotations.NullMarked;
