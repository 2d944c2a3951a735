/** What nodes have shown themselves to be worth, and which answer of a job's copies is to be believed. Pure. */
@NullMarked
package io.sandrun.broker.reputation;

import org.jspecify.annotations.NullMarked;
