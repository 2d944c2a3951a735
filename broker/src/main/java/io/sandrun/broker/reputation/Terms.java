package io.sandrun.broker.reputation;

/**
 * What the submitter of a job asks of its verification.
 *
 * @param replicas nodes of different owners and addresses that are to answer, unless a proven one does; 2 or more
 * @param quorum how many of them must agree, and by how many they must be ahead of every other answer; 2 to replicas
 */
public record Terms(int replicas, int quorum) {
    /**
     * Copies that may run for each replica that was asked for: two colluders beside an honest node take six of three,
     * three of them take eight. A job that is not decided by then is better looked at by a person.
     */
    private static final int COPIES_PER_REPLICA = 3;

    /** Copies per replica after which no two equal answers mean that there is no answer to agree on. */
    private static final int DIFFERENT_PER_REPLICA = 2;

    /** @throws IllegalArgumentException if the numbers do not fit; whoever reads them from a request checks before */
    public Terms {
        if (quorum < 2 || replicas < quorum) {
            throw new IllegalArgumentException("replicas " + replicas + " and quorum " + quorum);
        }
    }

    /** Copies that may run and answer. Those that were lost are counted apart, up to the same number. */
    public int copiesMax() {
        return replicas * COPIES_PER_REPLICA;
    }

    int differentMax() {
        return replicas * DIFFERENT_PER_REPLICA;
    }
}
