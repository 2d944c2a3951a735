package io.sandrun.benchmarks.hostile;

import io.sandrun.benchmarks.OwnMemory;
import java.io.IOException;
import java.util.Locale;

/** The memory of this process at two moments. */
final class Growth {
    private long heapBefore;
    private long nativeBefore;
    private long heapAfter;
    private long nativeAfter;

    void begin() throws IOException {
        heapBefore = OwnMemory.heapBytes();
        nativeBefore = OwnMemory.besideHeapBytes();
    }

    void end() throws IOException {
        heapAfter = OwnMemory.heapBytes();
        nativeAfter = OwnMemory.besideHeapBytes();
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
}
