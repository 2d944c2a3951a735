/** Runs one command in one sandbox: mechanism, no policy, no broker. */
@NullMarked
package io.sandrun.runtime;

import org.jspecify.annotations.NullMarked;
