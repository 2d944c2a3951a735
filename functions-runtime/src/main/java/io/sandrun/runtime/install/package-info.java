/**
 * Installs what a project requires: runs pip or npm in a sandbox of its own and keeps what it made as a tree.
 *
 * <p>Theory of operation. Installing runs code that strangers wrote, so it takes place in a sandbox like any job, with
 * limits of its own and with a door to the package index ({@link io.sandrun.runtime.proxy}). That sandbox shows of the
 * project exactly what the layer's key is made from: the files that list the requirements, without their comments, and
 * the local files that these name. So a tree is what its key says, whoever asked for it first, and may be shared among
 * strangers. Reading the references is a convenience and no protection: what is not found is not shown.
 */
@NullMarked
package io.sandrun.runtime.install;

import org.jspecify.annotations.NullMarked;
