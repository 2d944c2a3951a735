package io.sandrun.node;

import io.sandrun.protocol.BrokerClient;
import io.sandrun.protocol.BrokerException;
import io.sandrun.protocol.ErrorCode;
import io.sandrun.protocol.NodeMessages.Complete;
import io.sandrun.protocol.NodeMessages.Registered;
import java.io.IOException;
import java.util.Objects;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings reports to the broker: at once where that works, else from the outbox until the broker has taken or refused
 * them. The lease of a report is held, and named in heartbeats, until then.
 */
final class ReportLoop implements Runnable {
    private static final Logger log = LoggerFactory.getLogger(ReportLoop.class);

    private final BrokerClient client;
    private final BrokerSession session;
    private final HeldLeases leases;
    private final Outbox outbox;
    private final Semaphore kept = new Semaphore(0);
    private final Backoff backoff = new Backoff();

    ReportLoop(BrokerClient client, BrokerSession session, HeldLeases leases, Outbox outbox) throws IOException {
        this.client = client;
        this.session = session;
        this.leases = leases;
        this.outbox = outbox;
        for (String leaseId : outbox.leases()) {
            leases.awaitAcknowledgement(leaseId);
            kept.release();
        }
    }

    /** Reports an attempt that has ended; when this returns, the report is recorded, refused, or in the outbox. */
    void report(Complete report) {
        String leaseId = Objects.requireNonNull(report.leaseId());
        leases.awaitAcknowledgement(leaseId);
        try {
            deliver(report);
            leases.drop(leaseId);
        } catch (IOException unreachable) {
            log.warn("The report on job {} is kept for later: {}", report.jobId(), unreachable.getMessage());
            keep(leaseId, report);
        }
    }

    @Override
    public void run() {
        try {
            while (!Thread.currentThread().isInterrupted()) {
                kept.acquire();
                if (deliverKept()) {
                    backoff.reset();
                } else {
                    kept.tryAcquire(backoff.next().toMillis(), TimeUnit.MILLISECONDS);
                    kept.release();
                }
            }
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
        }
    }

    private void keep(String leaseId, Complete report) {
        try {
            outbox.keep(leaseId, report);
            kept.release();
        } catch (IOException noDisk) {
            // Without the lease in its heartbeats the broker will give the job to another node.
            log.error("The report on job {} is lost, the job will run again: {}", report.jobId(), noDisk.toString());
            leases.drop(leaseId);
        }
    }

    /** Whether the outbox is empty now. */
    private boolean deliverKept() {
        try {
            for (String leaseId : outbox.leases()) {
                deliver(outbox.read(leaseId));
                outbox.discard(leaseId);
                leases.drop(leaseId);
            }
            return true;
        } catch (IOException notYet) {
            return false;
        }
    }

    /** Returns when the broker has decided on the report; throws while it has not. */
    private void deliver(Complete report) throws IOException {
        Registered standing = session.current();
        try {
            client.complete(under(standing, report));
        } catch (BrokerException answered) {
            if (BrokerSession.isForgotten(answered)) {
                session.forget(standing);
                throw answered;
            }
            if (answered.httpStatus() >= 500 || answered.is(ErrorCode.RATE_LIMITED)) {
                throw answered;
            }
            log.warn("The broker refused the report on job {}: {}", report.jobId(), answered.getMessage());
        }
    }

    /** A report that is older than the present registration speaks under the node's present id. */
    private static Complete under(Registered standing, Complete report) {
        return new Complete(
                standing.nodeId(),
                report.jobId(),
                report.output(),
                report.error(),
                report.exitCode(),
                report.leaseId(),
                report.attempt());
    }
}
