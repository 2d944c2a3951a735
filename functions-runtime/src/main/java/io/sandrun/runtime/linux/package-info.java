/** What the JDK has no word for: descriptors, message sockets, pidfds. The only package that knows JNA. */
@NullMarked
package io.sandrun.runtime.linux;

import org.jspecify.annotations.NullMarked;
