/** Names that a guest has chosen: which are taken as they are, and how the others are shown. */
@NullMarked
package io.sandrun.runtime.name;

import org.jspecify.annotations.NullMarked;
