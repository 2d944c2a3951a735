package io.sandrun.node;

import io.sandrun.node.artifact.OutputUploads;
import io.sandrun.protocol.BrokerClient;
import io.sandrun.protocol.BrokerException;
import io.sandrun.protocol.ErrorCode;
import io.sandrun.protocol.NodeMessages.AttemptReport;
import io.sandrun.protocol.NodeMessages.ClaimedJob;
import io.sandrun.protocol.NodeMessages.Complete;
import io.sandrun.protocol.NodeMessages.Registered;
import io.sandrun.protocol.identity.NodeKey;
import java.io.IOException;
import java.util.Objects;
import java.util.Optional;
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

    private static final int UNAUTHORIZED = ErrorCode.SESSION_EXPIRED.httpStatus();

    private final BrokerClient client;
    private final BrokerSession session;
    private final HeldLeases leases;
    private final LogLoop logs;
    private final OutputUploads uploads;
    private final Outbox outbox;
    private final NodeKey key;
    private final Semaphore kept = new Semaphore(0);
    private final Backoff backoff = new Backoff();

    ReportLoop(
            BrokerClient client,
            BrokerSession session,
            HeldLeases leases,
            LogLoop logs,
            OutputUploads uploads,
            Outbox outbox,
            NodeKey key)
            throws IOException {
        this.client = client;
        this.session = session;
        this.leases = leases;
        this.logs = logs;
        this.uploads = uploads;
        this.outbox = outbox;
        this.key = key;
        logs.keepOnly(outbox.leases());
        for (String leaseId : outbox.leases()) {
            leases.awaitAcknowledgement(leaseId);
            kept.release();
        }
    }

    /** Whether a report claims the job that is to follow in its place. What was kept for later claims nothing. */
    enum Then {
        CLAIM,
        REST
    }

    /**
     * Reports an attempt that has ended; when this returns, the report is recorded, refused, or in the outbox.
     *
     * @return the job that was claimed with it, if there was one
     */
    Optional<ClaimedJob> report(Complete unsigned, Then then) {
        // Signed once, here, so that what waits in the outbox is what was seen at the end of the attempt.
        Complete report = unsigned.signed(key);
        String leaseId = leaseId(report);
        leases.awaitAcknowledgement(leaseId);
        try {
            Optional<ClaimedJob> next = deliver(report, then);
            forget(leaseId);
            return next;
        } catch (IOException unreachable) {
            log.warn("The report on job {} is kept for later: {}", report.jobId(), unreachable.getMessage());
            keep(leaseId, report);
            return Optional.empty();
        }
    }

    /** There will be no report under this lease, or none any more. */
    void forget(String leaseId) {
        leases.drop(leaseId);
        logs.discard(leaseId);
        uploads.discard(leaseId);
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
            if (isLogSent(report)) {
                logs.keep(leaseId);
            }
            uploads.keep(leaseId);
            outbox.keep(leaseId, report);
            kept.release();
        } catch (IOException noDisk) {
            // Without the lease in its heartbeats the broker will give the job to another node.
            log.error("The report on job {} is lost, the job will run again: {}", report.jobId(), noDisk.toString());
            forget(leaseId);
        }
    }

    /** Whether the outbox is empty now. */
    private boolean deliverKept() {
        try {
            boolean all = true;
            for (String leaseId : outbox.leases()) {
                all &= deliverKept(leaseId);
            }
            return all;
        } catch (IOException unreadable) {
            return false;
        }
    }

    /** One whose outputs the broker has no room for does not stop the others. */
    private boolean deliverKept(String leaseId) {
        try {
            if (leases.isHeld(leaseId)) {
                Optional<Complete> report = outbox.read(leaseId);
                if (report.isPresent()) {
                    var unused = deliver(report.get(), Then.REST);
                }
            }
            // Also one that cannot be read: while its lease were held, nobody else would get the job.
            outbox.discard(leaseId);
            forget(leaseId);
            return true;
        } catch (IOException notYet) {
            return false;
        }
    }

    /** Returns when the broker has decided on the report; throws while it has not. */
    private Optional<ClaimedJob> deliver(Complete report, Then then) throws IOException {
        if (isLogSent(report) && !logs.deliver(report.jobId(), leaseId(report))) {
            log.warn("The log of job {} is lost with its file", report.jobId());
            return deliver(report.with(Objects.requireNonNull(report.attempt()).with(null)), then);
        }
        Registered standing = session.current();
        Optional<String> undeliverable = bringOutputs(standing, report);
        if (undeliverable.isPresent()) {
            log.error("The report on job {} cannot be delivered: {}", report.jobId(), undeliverable.get());
            return deliver(
                    standing, Reports.ofFailure(report, undeliverable.get()).signed(key), then);
        }
        return deliver(standing, report, then);
    }

    /** The files of a report have to be there before it. */
    private Optional<String> bringOutputs(Registered standing, Complete report) throws IOException {
        AttemptReport attempt = report.attempt();
        try {
            return attempt == null ? Optional.empty() : uploads.deliver(leaseId(report), attempt.outputs());
        } catch (BrokerException answered) {
            session.heed(standing, answered);
            throw answered;
        }
    }

    private Optional<ClaimedJob> deliver(Registered standing, Complete report, Then then) throws IOException {
        Complete ours = report.by(standing.nodeId());
        try {
            if (then == Then.CLAIM) {
                return client.completeAndClaim(ours);
            }
            client.complete(ours);
        } catch (BrokerException answered) {
            session.heed(standing, answered);
            // Who we are is in doubt, and not what we report.
            if (answered.httpStatus() == UNAUTHORIZED || BrokerSession.endsStanding(answered)) {
                throw answered;
            }
            if (answered.is(ErrorCode.LOG_INCOMPLETE) && isLogSent(report)) {
                logs.lost(report.jobId(), leaseId(report), offset(answered));
                throw answered;
            }
            if (answered.is(ErrorCode.INVALID_FIELD) && uploads.bringAgain(leaseId(report))) {
                // It may have lost what was uploaded when it was restarted.
                throw answered;
            }
            if (answered.httpStatus() >= 500 || answered.is(ErrorCode.RATE_LIMITED)) {
                throw answered;
            }
            log.warn("The broker refused the report on job {}: {}", report.jobId(), answered.getMessage());
        }
        return Optional.empty();
    }

    private static String leaseId(Complete report) {
        return Objects.requireNonNull(report.leaseId());
    }

    /** Whether there is more of it than the report itself: a log that was sent, or is to be. */
    private static boolean isLogSent(Complete report) {
        AttemptReport attempt = report.attempt();
        return attempt != null && attempt.log() != null && attempt.log().sent();
    }

    private static long offset(BrokerException logIncomplete) {
        return logIncomplete.body().details().get("offset") instanceof Number offset ? offset.longValue() : 0;
    }
}
