/** The HTTP edge. Javalin is known in this package only; no handler decides anything. */
@NullMarked
package io.sandrun.broker.http;

import org.jspecify.annotations.NullMarked;
