package io.sandrun.runtime.seccomp;

import java.util.List;

/**
 * One comparison of a rule's condition: half of an argument, masked, is one of the values or none of them.
 *
 * @param argument 0 to 5
 * @param upperHalf the upper 32 bits of it, and not the lower
 * @param oneOf true for {@code =}, false for {@code !=}
 */
record Term(int argument, boolean upperHalf, int mask, boolean oneOf, List<Integer> values) {
    static final int NO_MASK = -1;

    Term {
        if (argument < 0 || argument > 5 || values.isEmpty()) {
            throw new IllegalArgumentException("a term needs an argument from 0 to 5 and a value");
        }
        values = List.copyOf(values);
    }
}
