package io.sandrun.runtime.host;

import java.util.List;

/**
 * This machine.
 *
 * @param cores processors that this process may use
 * @param memoryBytes of the machine; 0 if the kernel does not tell
 * @param kernel release, for example {@code 6.1.0-18-amd64}; empty if the kernel does not tell
 * @param architecture as {@code uname -m} prints it
 */
public record Host(int cores, long memoryBytes, List<Gpu> gpus, String kernel, String architecture) {
    public Host {
        gpus = List.copyOf(gpus);
    }

    /** A graphics processor and its own memory. */
    public record Gpu(String name, long memoryBytes) {}
}
