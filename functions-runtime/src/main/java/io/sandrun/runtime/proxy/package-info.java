/**
 * The agent's side of a sandbox's door: an HTTP proxy that leads to a package index and nowhere else.
 *
 * <p>Theory of operation. A sandbox that installs packages has no network but its own loopback, on which the agent
 * listens ({@link io.sandrun.runtime.Door}). Whoever connects says, in the words of a web proxy, where to: {@code
 * CONNECT host:port} for a connection that is encrypted end to end, {@code GET http://host/path} for one that is
 * not. What may be named is written down in {@link io.sandrun.runtime.proxy.AllowedHosts}; the name is looked up
 * once, here, each address is held against what must not be reached, and the connection goes to the address that was
 * checked. Nothing else of the sandbox's words is acted upon: no redirect is followed, no second request is read on
 * a connection, and bytes, connections and idle time are bounded.
 */
@NullMarked
package io.sandrun.runtime.proxy;

import org.jspecify.annotations.NullMarked;
