package io.sandrun.runtime.cgroup;

import java.io.IOException;
import java.nio.file.Path;

/** The memory files of one group. */
interface MemoryControl {
    /** Memory and swap together. */
    void limit(long bytes) throws IOException;

    /** Anonymous and shared memory, without page cache. */
    long usedBytes() throws IOException;

    /** Since the group was made. */
    long oomKills() throws IOException;

    static MemoryControl of(ControlFiles files, GroupDirectory group) {
        return group.version() == 1
                ? new VersionOne(files, group.directory())
                : new VersionTwo(files, group.directory());
    }

    /**
     * {@code memsw} counts memory and swap, is only there with swap accounting, and may never be below the other limit.
     */
    record VersionOne(ControlFiles files, Path directory) implements MemoryControl {
        @Override
        public void limit(long bytes) throws IOException {
            LimitFile memory = LimitFile.ofBytes(files, directory.resolve("memory.limit_in_bytes"));
            Path both = directory.resolve("memory.memsw.limit_in_bytes");
            if (!files.exists(both)) {
                memory.set(bytes);
                return;
            }
            LimitFile memoryAndSwap = LimitFile.ofBytes(files, both);
            boolean raising = bytes > memoryAndSwap.value();
            (raising ? memoryAndSwap : memory).set(bytes);
            (raising ? memory : memoryAndSwap).set(bytes);
        }

        @Override
        public long usedBytes() throws IOException {
            KeyedText stat = new KeyedText(files.read(directory.resolve("memory.stat")));
            return stat.require("total_rss", "rss")
                    + stat.find("total_shmem").orElse(stat.find("shmem").orElse(0));
        }

        @Override
        public long oomKills() throws IOException {
            return new KeyedText(files.read(directory.resolve("memory.oom_control"))).require("oom_kill");
        }
    }

    /** {@code memory.oom.group} stays off: the slot's resident launcher lives in the same group and must survive. */
    record VersionTwo(ControlFiles files, Path directory) implements MemoryControl {
        @Override
        public void limit(long bytes) throws IOException {
            Path swap = directory.resolve("memory.swap.max");
            if (files.exists(swap)) {
                LimitFile.ofBytes(files, swap).set(0);
            }
            LimitFile.ofBytes(files, directory.resolve("memory.max")).set(bytes);
        }

        @Override
        public long usedBytes() throws IOException {
            KeyedText stat = new KeyedText(files.read(directory.resolve("memory.stat")));
            return stat.require("anon") + stat.require("shmem");
        }

        @Override
        public long oomKills() throws IOException {
            return new KeyedText(files.read(directory.resolve("memory.events"))).require("oom_kill");
        }
    }
}
