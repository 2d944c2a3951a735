package io.sandrun.broker.reputation;

/** What a decided job says about the node of one of its copies. */
public enum Verdict {
    /** It says the same as those that decided. */
    AGREED,
    /** Its word alone decided. */
    TAKEN,
    /** It says something else. */
    REJECTED,
    /** It has no answer that could be wrong: a limit that others did not meet. */
    FAILED,
    /** Nothing: it has not answered. */
    NONE;

    /** About a copy of a job whose answer is known: one that was late, or that was sent out to test its node. */
    public static Verdict of(Copy copy, String accepted) {
        if (!copy.isAnswered()) {
            return NONE;
        }
        if (accepted.equals(copy.digest())) {
            return AGREED;
        }
        return copy.dependsOnMachine() ? FAILED : REJECTED;
    }

    /** What the node is known for from now on. */
    public Reputation applyTo(Reputation node, String jobId) {
        return switch (this) {
            case AGREED -> node.agreed();
            case TAKEN -> node.taken();
            case REJECTED -> node.rejected(jobId);
            case FAILED -> node.failed();
            case NONE -> node;
        };
    }
}
