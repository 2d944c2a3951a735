/** The node agent: claims what this machine can run, runs it, reports it. */
@NullMarked
package io.sandrun.node;

import org.jspecify.annotations.NullMarked;
