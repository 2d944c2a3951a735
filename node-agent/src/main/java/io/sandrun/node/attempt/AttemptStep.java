package io.sandrun.node.attempt;

import java.io.IOException;

/**
 * One step of an attempt. A step serves all slots at once; what belongs to one attempt stands in its {@link
 * AttemptWork}. Every wait in it has an end, and ends at once when the attempt's {@link HeldAttempt#cancellation()} is
 * cancelled.
 */
public interface AttemptStep {
    /** What is done here, for the log: goes on after "while". */
    String doing();

    /**
     * Does this step's part.
     *
     * @throws AttemptFailedException when the attempt ends here, with an outcome that is not the program's
     * @throws IOException when this node met a fault of its own: the attempt ends with {@code sandbox_error}
     * @throws java.util.concurrent.CancellationException when nobody wants the attempt any more
     */
    void take(AttemptWork work) throws AttemptFailedException, IOException;
}
