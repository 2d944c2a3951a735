/** Which job goes to which node, and who waits for one. */
@NullMarked
package io.sandrun.broker.claim;

import org.jspecify.annotations.NullMarked;
