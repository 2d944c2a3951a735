/** How a client makes sure that it speaks to its broker and to nobody between them. */
@NullMarked
package io.sandrun.protocol.tls;

import org.jspecify.annotations.NullMarked;
