package io.sandrun.runtime.cgroup;

import java.io.IOException;
import java.util.function.LongSupplier;

/** The groups of one slot. Not thread-safe: one owner at a time. */
public interface SlotCgroup extends AutoCloseable {
    /**
     * Moves a process, and so all its later children, into the slot's groups.
     *
     * @throws IOException if the process is gone or the kernel refuses
     */
    void admit(long pid) throws IOException;

    /**
     * Sets the limits of the slot as a whole; writes only what differs and reads it back. A limit whose control is not
     * active is remembered for the meter, not enforced.
     *
     * @throws IOException if the kernel did not take a limit
     */
    void limit(GroupLimits limits) throws IOException;

    /**
     * Starts measuring one job.
     *
     * @param initPid the sandbox's pid 1 as the agent sees it, 0 as long as it does not; only looked at where a control
     *     is not active
     * @throws IOException if the slot's groups are gone
     */
    Meter meter(LongSupplier initPid) throws IOException;

    /** Removes the slot's groups, waiting a bounded time for processes that are still ending. */
    @Override
    void close();
}
