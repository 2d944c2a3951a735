/** Artifacts that leave the broker as one archive. */
@NullMarked
package io.sandrun.broker.artifact.pack;

import org.jspecify.annotations.NullMarked;
