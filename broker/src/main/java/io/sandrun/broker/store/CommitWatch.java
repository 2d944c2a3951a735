package io.sandrun.broker.store;

/** Hears of each transaction of the writing connection when it is over. Called with the turn held: must be quick. */
public interface CommitWatch {
    /** Hears nothing. */
    CommitWatch NONE = new CommitWatch() {
        @Override
        public void committed(int operations, long nanos) {
            // Nobody counts.
        }

        @Override
        public void failed() {
            // Likewise.
        }
    };

    /**
     * What was to be written is on disk.
     *
     * @param operations how many shared the transaction
     * @param nanos from its begin until it was on disk
     */
    void committed(int operations, long nanos);

    /** Nothing of a transaction was written, since the disk or the database refused. */
    void failed();
}
