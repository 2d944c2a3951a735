package io.sandrun.benchmarks;

/** One way of starting, and how long it took. */
record Entrant(String name, Launcher launcher, Samples samples) {}
