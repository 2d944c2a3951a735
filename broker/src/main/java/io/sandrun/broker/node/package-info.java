/** The nodes, and how the broker knows that they are alive. */
@NullMarked
package io.sandrun.broker.node;

import org.jspecify.annotations.NullMarked;
