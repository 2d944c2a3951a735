/** What was done and refused, in a log whose lines vouch for each other. */
@NullMarked
package io.sandrun.broker.audit;

import org.jspecify.annotations.NullMarked;
