/** A node's environments: how they are declared, checked, offered and added. */
@NullMarked
package io.sandrun.node.environment;

import org.jspecify.annotations.NullMarked;
