/** Reads the archives that jobs come in: bounded, streamed, and refusing instead of guessing. Makes no system call. */
@NullMarked
package io.sandrun.runtime.archive;

import org.jspecify.annotations.NullMarked;
