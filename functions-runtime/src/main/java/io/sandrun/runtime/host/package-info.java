/** What this machine is and has, asked of the kernel and of its own programs. */
@NullMarked
package io.sandrun.runtime.host;

import org.jspecify.annotations.NullMarked;
