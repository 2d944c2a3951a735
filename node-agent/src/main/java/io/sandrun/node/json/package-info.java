/** Reads files that owners of nodes write by hand. */
@NullMarked
package io.sandrun.node.json;

import org.jspecify.annotations.NullMarked;
