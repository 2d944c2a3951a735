/** The log of a job on the wire: how nodes send it, and how clients read it. */
@NullMarked
package io.sandrun.protocol.log;

import org.jspecify.annotations.NullMarked;
