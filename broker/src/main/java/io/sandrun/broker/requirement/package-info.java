/** What jobs need of a node: interned as few classes, held against what nodes offer, explained to who waits. */
@NullMarked
package io.sandrun.broker.requirement;

import org.jspecify.annotations.NullMarked;
