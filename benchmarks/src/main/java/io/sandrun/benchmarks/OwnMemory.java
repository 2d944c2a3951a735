package io.sandrun.benchmarks;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The memory of this process. */
public final class OwnMemory {
    private static final Pattern MAPPING = Pattern.compile("([0-9a-f]+)-[0-9a-f]+ ");
    private static final long HEAP_END = 32L << 30;

    private OwnMemory() {}

    /** What is left after a collection, so that garbage does not count. */
    public static long heapBytes() {
        System.gc();
        return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
    }

    /**
     * What is resident beside the heap, whose size the JVM chooses by itself: code, threads, and what native calls have
     * allocated. A heap with compressed pointers lies below 32 GiB, and nothing else of a JVM does.
     */
    public static long besideHeapBytes() throws IOException {
        long bytes = 0;
        boolean aboveHeap = false;
        for (String line : Files.readAllLines(Path.of("/proc/self/smaps"))) {
            Matcher mapping = MAPPING.matcher(line);
            if (mapping.lookingAt()) {
                aboveHeap = Long.parseUnsignedLong(mapping.group(1), 16) >= HEAP_END;
            } else if (aboveHeap && line.startsWith("Rss:")) {
                bytes += Long.parseLong(line.replaceAll("\\D", "")) << 10;
            }
        }
        return bytes;
    }
}
