/** Who may do what: API keys, their roles, and on whose behalf a request is served. */
@NullMarked
package io.sandrun.broker.access;

import org.jspecify.annotations.NullMarked;
