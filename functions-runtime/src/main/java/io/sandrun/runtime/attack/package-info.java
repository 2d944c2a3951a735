/** The escape suite: attacks that run as real jobs on this machine, aimed at canaries. Needs no interpreter. */
@NullMarked
package io.sandrun.runtime.attack;

import org.jspecify.annotations.NullMarked;
