package io.sandrun.runtime.sandbox;

import io.sandrun.runtime.Birth;

/**
 * The system call filters of a job, arrays of {@code struct sock_filter}.
 *
 * @param whole of one that is executed
 * @param narrow of one that is forked, and has its zygote's filter: what that lacks
 */
@SuppressWarnings("ArrayRecordComponent") // held, never compared
public record Filters(byte[] whole, byte[] narrow) {
    /** Under a name of its own each, so that no process takes the other's for its own. */
    PlanWriter write(PlanWriter plan, Birth birth) {
        return birth == Birth.FORKED ? plan.narrow(narrow) : plan.filter(whole);
    }
}
