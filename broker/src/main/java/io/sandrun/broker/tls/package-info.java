/** The certificate that the broker shows: made, read from files, and read again when they change. */
@NullMarked
package io.sandrun.broker.tls;

import org.jspecify.annotations.NullMarked;
