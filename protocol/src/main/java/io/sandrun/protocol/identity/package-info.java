/** Who a node is: its Ed25519 key. The only package that knows key formats. */
@NullMarked
package io.sandrun.protocol.identity;

import org.jspecify.annotations.NullMarked;
