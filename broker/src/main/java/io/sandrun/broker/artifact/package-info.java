/** Artifacts: the files of jobs, kept beside the database and named by their bytes. */
@NullMarked
package io.sandrun.broker.artifact;

import org.jspecify.annotations.NullMarked;
