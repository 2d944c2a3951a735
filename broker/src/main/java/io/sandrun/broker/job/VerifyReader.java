package io.sandrun.broker.job;

import io.sandrun.broker.JsonFields;
import io.sandrun.broker.Refusal;
import io.sandrun.broker.job.JobRequest.Wishes;
import io.sandrun.broker.reputation.Terms;
import io.sandrun.protocol.JobNeeds;
import io.sandrun.protocol.Limits;
import org.jspecify.annotations.Nullable;

/** Reads whether and how a client wants its job verified. */
final class VerifyReader {
    private static final String VERIFY = "verify";

    private VerifyReader() {}

    /**
     * Null if it is not to be verified.
     *
     * @throws Refusal for what is neither a flag nor such an object, or cannot be had together
     */
    static @Nullable Terms read(JsonFields fields, JobNeeds needs, Wishes wishes) {
        Terms terms = terms(fields);
        if (terms == null) {
            return null;
        }
        if (needs.node() != null) {
            throw Refusal.invalidField(fields.place("node"), "absent where \"verify\" is: copies go to several nodes");
        }
        if (wishes.retries() > 0) {
            throw Refusal.invalidField(
                    fields.place("retries"),
                    "0 or absent where \"verify\" is: what several nodes say of a program stands");
        }
        return terms;
    }

    private static @Nullable Terms terms(JsonFields fields) {
        if (!fields.has(VERIFY)) {
            return null;
        }
        if (fields.isFlag(VERIFY)) {
            return fields.flag(VERIFY).orElse(false)
                    ? new Terms(Limits.VERIFY_REPLICAS_DEFAULT, Limits.VERIFY_QUORUM_MIN)
                    : null;
        }
        if (!fields.isObject(VERIFY)) {
            throw Refusal.invalidField(
                    fields.place(VERIFY), "true, false or an object such as {\"replicas\": 3, \"quorum\": 2}");
        }
        JsonFields object = fields.object(VERIFY).orElseThrow();
        long replicas = object.wholeNumber("replicas", Limits.VERIFY_QUORUM_MIN, Limits.VERIFY_REPLICAS_MAX)
                .orElse((long) Limits.VERIFY_REPLICAS_DEFAULT);
        long quorum = object.wholeNumber("quorum", Limits.VERIFY_QUORUM_MIN, replicas)
                .orElse((long) Limits.VERIFY_QUORUM_MIN);
        object.refuseUnknown();
        return new Terms((int) replicas, (int) quorum);
    }
}
