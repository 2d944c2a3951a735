package io.sandrun.node;

import io.sandrun.protocol.BrokerException;
import io.sandrun.protocol.ErrorCode;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

/**
 * What becomes of a node that its broker serves no more. The broker has given its jobs to others by then, so that it
 * stops them. Thread-safe.
 */
final class Dismissal {
    /** Of the API key: asking again changes none of them. */
    private static final Set<ErrorCode> FINAL =
            Set.of(ErrorCode.KEY_REQUIRED, ErrorCode.KEY_INVALID, ErrorCode.KEY_ENDED, ErrorCode.ROLE_REFUSED);

    private final HeldLeases leases;
    private final CompletableFuture<BrokerException> dismissed = new CompletableFuture<>();

    Dismissal(HeldLeases leases) {
        this.leases = leases;
    }

    /** Looks at why a call of this node failed. A pool's list may have it again later, so that it goes on asking. */
    void heed(Throwable failure) {
        boolean isFinal = isFinal(failure);
        if (isFinal || (failure instanceof BrokerException refusal && refusal.is(ErrorCode.WORKER_NOT_LISTED))) {
            leases.loseAll();
        }
        if (isFinal) {
            dismissed.complete((BrokerException) failure);
        }
    }

    static boolean isFinal(Throwable failure) {
        return failure instanceof BrokerException refusal && FINAL.stream().anyMatch(refusal::is);
    }

    /** Completes with the refusal when there is no way back. */
    CompletableFuture<BrokerException> dismissed() {
        return dismissed.copy();
    }
}
