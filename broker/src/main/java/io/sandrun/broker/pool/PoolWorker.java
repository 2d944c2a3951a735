package io.sandrun.broker.pool;

/**
 * A worker on the list of a trusted pool.
 *
 * @param workerId its public key
 * @param endpoint where people find it, {@code http://host:port}, or empty: the broker never calls it
 * @param maxConcurrentJobs leases that it may hold at once, from 1
 */
public record PoolWorker(String workerId, String endpoint, int maxConcurrentJobs) {
    private static final int SHORT_CHARACTERS = 12;

    /** Enough of its key to tell it from others in a log. */
    public String shortId() {
        return workerId.substring(0, SHORT_CHARACTERS) + "...";
    }

    @Override
    public String toString() {
        String place = endpoint.isEmpty() ? "" : " at " + endpoint;
        return "%s%s (up to %d jobs at once)".formatted(shortId(), place, maxConcurrentJobs);
    }
}
