/** The words of the wire, shared by broker, node agent and command line. Depends on nothing of ours. */
@NullMarked
package io.sandrun.protocol;

import org.jspecify.annotations.NullMarked;
