package io.sandrun.benchmarks;

/**
 * What a broker takes, bytes.
 *
 * @param residentBytes of RAM; Java keeps what its heap once grew to
 * @param heapBytes of its heap after a collection
 */
record BrokerMemory(long residentBytes, long heapBytes) {
    private static final double KIB = 1024;
    private static final long MIB = 1024 * 1024;

    static BrokerMemory of(BrokerProcess broker) throws Exception {
        long heapBytes = broker.liveHeapBytes();
        return new BrokerMemory(broker.residentBytes(), heapBytes);
    }

    /** Prints what has come since then for each of so many. */
    void printSince(BrokerMemory before, String each, int count) {
        System.out.printf(
                "memory a %s: %.1f KiB of live heap, %.1f KiB of RAM (%,d MiB of RAM in all)%n",
                each,
                (heapBytes - before.heapBytes) / KIB / count,
                (residentBytes - before.residentBytes) / KIB / count,
                residentBytes / MIB);
    }
}
