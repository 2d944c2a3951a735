/** What one attempt prints, in order, until the broker has it. */
@NullMarked
package io.sandrun.node.log;

import org.jspecify.annotations.NullMarked;
