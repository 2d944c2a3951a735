/** Takes out of /work what a job leaves there, when nothing of the job runs any more. */
@NullMarked
package io.sandrun.runtime.output;

import org.jspecify.annotations.NullMarked;
