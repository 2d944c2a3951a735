/** What goes on in the broker, for those who look on: a sample each second, and jobs whose state has changed. */
@NullMarked
package io.sandrun.broker.feed;

import org.jspecify.annotations.NullMarked;
