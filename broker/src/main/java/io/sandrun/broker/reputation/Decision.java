package io.sandrun.broker.reputation;

import java.util.List;

/** What is to be done with a verified job. */
public sealed interface Decision {
    /** Nothing: copies are under way. */
    record Wait() implements Decision {}

    /** More copies are to be made. */
    record Add(int copies) implements Decision {}

    /**
     * An answer is believed. Copies that are still out may end and be judged by {@link Verdict#of}.
     *
     * @param verdicts one per copy, in the order in which they were given
     * @param askAgain whether the job is to be sent to one more node, to test it with a known answer
     */
    record Accept(String digest, Basis basis, List<Verdict> verdicts, boolean askAgain) implements Decision {}

    /**
     * No answer can be believed, and no node is blamed for it.
     *
     * @param evidence a sentence that names the answers and how many gave them
     */
    record Fail(String evidence) implements Decision {}

    /** Why an answer is believed. */
    enum Basis {
        /** A proven node says so, and its turn for a check had not come. */
        WORD,
        /** Proven nodes say so, and nobody says otherwise. */
        PROVEN,
        /** As many as were asked for say so, and are ahead of every other answer by as many. */
        QUORUM
    }
}
