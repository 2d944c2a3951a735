package io.sandrun.protocol.transfer;

/** Told how far a transfer is, by whichever thread moves it; often, so it must be quick. */
@FunctionalInterface
public interface Progress {
    Progress UNSEEN = (bytes, total) -> {};

    /**
     * @param bytes moved so far
     * @param total of them, or -1 while nobody knows
     */
    void moved(long bytes, long total);
}
