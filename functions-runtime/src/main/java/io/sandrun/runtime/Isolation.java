package io.sandrun.runtime;

import java.util.List;

/** Which layers of isolation are really on, as seen from inside a probe sandbox or from the kernel's own files. */
public record Isolation(List<Layer> layers) {
    /**
     * One layer.
     *
     * @param name stable, for example "seccomp" or "cgroup:memory"
     * @param active verified, never assumed
     * @param detail what was seen
     * @param remedy what a person can do when it is not active; empty when it is
     */
    public record Layer(String name, boolean active, String detail, String remedy) {}

    public Isolation {
        layers = List.copyOf(layers);
    }

    public boolean isActive(String name) {
        return layers.stream().anyMatch(layer -> layer.active() && layer.name().equals(name));
    }
}
