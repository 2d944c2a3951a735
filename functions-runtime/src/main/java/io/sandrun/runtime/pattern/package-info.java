/** Which files of a job are wanted: how a manifest says it, and what that means. */
@NullMarked
package io.sandrun.runtime.pattern;

import org.jspecify.annotations.NullMarked;
