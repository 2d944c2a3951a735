package io.sandrun.broker.store;

import org.jspecify.annotations.Nullable;

/**
 * What a program printed and cost.
 *
 * @param stdout what was kept of it
 * @param logOrder in which order they were printed, see {@code LogOrder}; null if there is no need of one
 * @param stdoutBytes what was printed; more than was kept if it was cut
 * @param voucher null if no key vouches for it; not read with the output, but with the {@link Summary}
 */
@SuppressWarnings("ArrayRecordComponent") // bytes on their way from one place to the next; nobody compares rows
public record ResultRow(
        byte[] stdout,
        byte[] stderr,
        byte @Nullable [] logOrder,
        long stdoutBytes,
        long stderrBytes,
        Measures measures,
        @Nullable Voucher voucher) {
    /**
     * A node's signature on a result.
     *
     * @param workerId the key
     * @param signature base64
     * @param outputHash of what the job left, part of what is signed
     * @param receipt the node's fuller account, as {@link io.sandrun.protocol.identity.Receipt#kept} writes it; null if
     *     it gave none, and where it is not read with the rest
     */
    public record Voucher(
            String workerId,
            String signature,
            String outputHash,
            @Nullable String receipt) {}

    /** A result without its output. */
    public record Summary(Measures measures, @Nullable Voucher voucher) {}

    /**
     * @param signal what ended the program, or null
     * @param environment the prepared environment that it ran in, {@code name@digest}, or null
     */
    public record Measures(
            int exitCode,
            @Nullable Integer signal,
            double cpuSeconds,
            long memoryPeakBytes,
            long wallTimeMs,
            @Nullable String environment) {}
}
