/** A job's files on this node: inputs that are fetched and kept for the next job, outputs on their way out. */
@NullMarked
package io.sandrun.node.artifact;

import org.jspecify.annotations.NullMarked;
