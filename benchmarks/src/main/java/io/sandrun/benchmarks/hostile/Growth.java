package io.sandrun.benchmarks.hostile;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The memory of this process at two moments. */
final class Growth {
    private static final Pattern MAPPING = Pattern.compile("([0-9a-f]+)-[0-9a-f]+ ");
    private static final long HEAP_END = 32L << 30;

    private long heapBefore;
    private long nativeBefore;
    private long heapAfter;
    private long nativeAfter;

    void begin() throws IOException {
        heapBefore = heapBytes();
        nativeBefore = nativeBytes();
    }

    void end() throws IOException {
        heapAfter = heapBytes();
        nativeAfter = nativeBytes();
    }

    long grownHeapBytes() {
        return heapAfter - heapBefore;
    }

    long grownNativeBytes() {
        return nativeAfter - nativeBefore;
    }

    @Override
    public String toString() {
        return String.format(
                Locale.ROOT,
                "heap in use %.1f MiB, then %.1f; beside it %.1f MiB, then %.1f",
                mebibytes(heapBefore),
                mebibytes(heapAfter),
                mebibytes(nativeBefore),
                mebibytes(nativeAfter));
    }

    private static double mebibytes(long bytes) {
        return bytes / (double) (1 << 20);
    }

    /** What is left after a collection, so that garbage does not count. */
    private static long heapBytes() {
        System.gc();
        return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
    }

    /**
     * What is resident beside the heap, whose size the JVM chooses by itself: code, threads, and what native calls have
     * allocated. A heap with compressed pointers lies below 32 GiB, and nothing else of a JVM does.
     */
    private static long nativeBytes() throws IOException {
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
