/** Logs of jobs: what nodes send of them, how they are kept, who watches them. */
@NullMarked
package io.sandrun.broker.log;

import org.jspecify.annotations.NullMarked;
