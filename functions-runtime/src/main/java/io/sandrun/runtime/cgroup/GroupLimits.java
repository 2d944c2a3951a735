package io.sandrun.runtime.cgroup;

/**
 * The limits of a slot as a whole.
 *
 * @param memoryBytes memory including tmpfs, and no swap beyond it
 * @param processes tasks, as the kernel counts them: every thread, and the slot's launcher
 * @param cores whose time all processes together may take
 */
public record GroupLimits(long memoryBytes, int processes, double cores) {
    public GroupLimits {
        if (memoryBytes <= 0 || processes <= 0 || !(cores > 0)) {
            throw new IllegalArgumentException("a limit must be positive");
        }
    }
}
