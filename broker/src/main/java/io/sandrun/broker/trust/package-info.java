/** Who may speak for a node, and who vouches for a result. */
@NullMarked
package io.sandrun.broker.trust;

import org.jspecify.annotations.NullMarked;
