package io.sandrun.broker.http;

/** Who serves what concerns logs. */
record LogRoutes(LogEndpoints endpoints, LogSockets sockets, LogEvents events) {}
