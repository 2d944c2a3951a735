/** The broker: HTTP at one edge, the store at the other, the life of jobs between them. */
@NullMarked
package io.sandrun.broker;

import org.jspecify.annotations.NullMarked;
