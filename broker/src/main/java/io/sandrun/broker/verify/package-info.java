/** Jobs that several nodes run, so that one that lies is found out: what becomes of their copies. */
@NullMarked
package io.sandrun.broker.verify;

import org.jspecify.annotations.NullMarked;
