/** What the owner of a machine allows on it, and whether it takes work now. */
@NullMarked
package io.sandrun.node.policy;

import org.jspecify.annotations.NullMarked;
