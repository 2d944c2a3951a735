/**
 * How bytes come in and go out: no thread waits for a client but the few that are there for streams, each body keeps a
 * least pace, and no client has all the room.
 */
@NullMarked
package io.sandrun.broker.http.flow;

import org.jspecify.annotations.NullMarked;
