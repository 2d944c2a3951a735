/** The tools that agents call, and the sessions in which they do; whoever has a transport brings its messages. */
@NullMarked
package io.sandrun.broker.mcp;

import org.jspecify.annotations.NullMarked;
