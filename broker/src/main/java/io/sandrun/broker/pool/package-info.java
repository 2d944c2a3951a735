/** Which workers a broker lets work: those of a list, or all that come. */
@NullMarked
package io.sandrun.broker.pool;

import org.jspecify.annotations.NullMarked;
