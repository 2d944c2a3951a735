/**
 * Layers: directory trees that were made once, in a sandbox, and are shown read-only to every later job that wants the
 * same.
 *
 * <p>Theory of operation. A layer's key is the digest of everything that could have made it different. A build takes
 * place in a directory beside the finished ones; the tree is taken out of the sandbox by descriptors, nothing of it is
 * believed, and a rename makes the layer visible when all of it is on disk. So a layer is there as a whole or not at
 * all, and what a crash leaves behind is told by its name.
 */
@NullMarked
package io.sandrun.runtime.layer;

import org.jspecify.annotations.NullMarked;
