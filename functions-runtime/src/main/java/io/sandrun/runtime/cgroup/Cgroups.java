package io.sandrun.runtime.cgroup;

import java.nio.file.Path;
import java.util.Map;

/** The control groups of one agent. Thread-safe; close every slot before. */
public interface Cgroups extends AutoCloseable {
    /**
     * Finds what the host offers, tries it out, and removes what agents that are gone have left behind. Never fails: a
     * host without usable groups gives slots that measure only.
     *
     * @param agentName unique on this machine, letters, digits and {@code - _ .}; begin it with {@link #nextName()},
     *     so that a later agent can tell that this one is gone
     * @param stateDirectory where it is written down which groups were made, for an agent that is killed
     */
    static Cgroups open(String agentName, Path stateDirectory) {
        return AgentCgroups.open(agentName, stateDirectory, new KernelFiles(), Path.of("/proc"));
    }

    /**
     * A name for one more agent of this process: its pid and start time, which together never come again until the next
     * boot, and a number: {@code 4711-88124.1}.
     */
    static String nextName() {
        return ProcessName.ofNextAgent(Path.of("/proc"));
    }

    /**
     * Makes the groups of a slot, or gives measuring only where there are none; call once per index.
     *
     * @throws java.io.UncheckedIOException if the kernel no longer permits what it did on opening
     */
    SlotCgroup slot(int index);

    /**
     * Likewise those of a zygote, from which every slot's is copied.
     *
     * @param number unique among all that this agent ever makes
     */
    SlotCgroup zygote(int number);

    /** Only what was verified: the names of {@code Control}, such as {@code cgroup:memory}, to version and place. */
    Map<String, String> layers();

    /** What is not active, by the same names, to the reason. */
    Map<String, String> missing();

    /** Removes the agent's groups, waiting a bounded time for processes that are still ending. */
    @Override
    void close();
}
