package io.sandrun.runtime.cgroup;

/** Measures one job. Cheap enough to be read every 25 ms. Not thread-safe. */
public interface Meter {
    /**
     * What is used now.
     *
     * @throws java.io.UncheckedIOException if the slot's groups are gone
     */
    Reading read();
}
