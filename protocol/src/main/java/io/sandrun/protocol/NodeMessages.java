package io.sandrun.protocol;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonUnwrapped;
import io.sandrun.protocol.identity.AttemptAccount;
import io.sandrun.protocol.identity.NodeKey;
import io.sandrun.protocol.identity.Receipt;
import io.sandrun.protocol.identity.SignedResult;
import io.sandrun.protocol.log.LogReport;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What a node and the broker say to each other. A node always calls; the broker only answers.
 *
 * <p>The life of a lease on the wire: {@code /claim} hands it out, every {@code /heartbeat} names the leases that the
 * node still holds (which is also the acknowledgement that the claim's answer arrived), {@code /complete} or {@code
 * /release} ends it. A report may claim what the node does next, so that a busy slot costs one call a job. The broker
 * answers a heartbeat with the leases that the node must drop.
 */
public final class NodeMessages {
    private NodeMessages() {}

    /**
     * @param endpoint where the node can be reached, or {@code ""} for one that only calls out
     * @param workerId base64 of the node's raw Ed25519 public key; a node that registers again with it gets its old id
     * @param name for people: the host's name
     * @param capabilities what it offers
     * @param leases leases that it still holds from before; all others of this node are lost
     * @param goesOn whether it has not stopped since it registered last, and only offers something else: then no lease
     *     is lost, be it named or not, since some may be on their way to it
     * @param sessionKey the node's public half of the session's secret; null for a session by its token alone
     */
    public record Register(
            String endpoint,
            @Nullable String workerId,
            String name,
            Capabilities capabilities,
            List<String> leases,
            boolean goesOn,
            @Nullable String sessionKey) {
        public Register(
                String endpoint,
                @Nullable String workerId,
                String name,
                Capabilities capabilities,
                List<String> leases) {
            this(endpoint, workerId, name, capabilities, leases, false, null);
        }

        /** The same for a session with a secret. */
        public Register with(String newSessionKey) {
            return new Register(endpoint, workerId, name, capabilities, leases, goesOn, newSessionKey);
        }

        /** The same of a node that has not stopped since the last one. */
        public Register thatGoesOn() {
            return new Register(endpoint, workerId, name, capabilities, leases, true, sessionKey);
        }
    }

    /**
     * @param nodeId to be named in every later request
     * @param heartbeatSeconds how often the broker wants to hear from the node
     * @param session by which the node shows in later requests that it is itself; null for one without a key
     */
    public record Registered(
            String nodeId,
            double heartbeatSeconds,
            @Nullable Session session) {}

    /**
     * @param token names it. Where there is no key, it is all that a request shows: {@code Authorization:
     *     Sandrun-Session TOKEN}
     * @param seconds how long it is good; before that the node asks for another
     * @param key the broker's public half of the session's secret, by which each request is sealed; null where the node
     *     named no half of its own
     */
    public record Session(
            String token, double seconds, @Nullable String key) {
        /** Without the token, which must not get into a log. */
        @Override
        public String toString() {
            return "Session[seconds=" + seconds + "]";
        }
    }

    /**
     * Asks for another session of a node that has registered; nothing else changes. Signed by the node's key.
     *
     * @param sessionKey as in {@link Register}
     */
    public record Renew(String nodeId, @Nullable String sessionKey) {
        public Renew(String nodeId) {
            this(nodeId, null);
        }

        /** The same for a session with a secret. */
        public Renew with(String newSessionKey) {
            return new Renew(nodeId, newSessionKey);
        }
    }

    /**
     * @param leases every lease that the node holds and what it does under it
     * @param waitSeconds how long the broker may keep the answer back until there is something to say: so that a cancel
     *     reaches the node at once and not with its next heartbeat; 0 for an answer at once
     */
    public record Heartbeat(String nodeId, List<HeldLease> leases, double waitSeconds) {}

    /** @param started whether the program has been started */
    public record HeldLease(String leaseId, boolean started) {}

    /**
     * @param lost leases that are no longer the node's: stop working, report nothing
     * @param cancel leases whose job someone wants ended: stop it and report it as cancelled
     */
    public record HeartbeatAnswer(List<String> lost, List<String> cancel) {}

    /**
     * @param slots jobs that the node can start now
     * @param waitSeconds how long it will wait for the first of them
     */
    public record Claim(String nodeId, int slots, double waitSeconds) {}

    /**
     * @param job the first of {@code jobs}, or null: what older nodes read
     * @param jobs at most as many as asked for
     */
    public record Claimed(@Nullable ClaimedJob job, List<ClaimedJob> jobs) {}

    /**
     * One attempt handed to a node.
     *
     * @param id the job's id
     * @param leaseId the right to this attempt; to be named in every message about it
     * @param attempt counts from 1
     * @param environment the prepared environment that it is to run in, or null
     * @param files {@link JobFiles#NONE} for a snippet; its artifacts are fetched under the lease
     */
    public record ClaimedJob(
            String id,
            String leaseId,
            int attempt,
            String code,
            String interpreter,
            List<String> args,
            Map<String, String> env,
            String stdin,
            JobLimits limits,
            @Nullable String environment,
            JobFiles files) {}

    /**
     * The report on one attempt. The five fields of older nodes come first; without the others the outcome follows from
     * the exit code, and the node's present lease on the job counts.
     *
     * @param output standard output, with U+FFFD for bytes that are not UTF-8
     * @param error standard error, likewise
     * @param exitCode the program's own code, 128 + signal where a signal ended it, or -1 where it never ran
     * @param attempt the rest, null from an older node
     * @param signature the node's, base64, on the {@link SignedResult} of this report;
     *     null from a node without a key
     * @param receipt from which its receipt is made, or null for none
     */
    public record Complete(
            String nodeId,
            String jobId,
            String output,
            String error,
            int exitCode,
            @Nullable String leaseId,
            @Nullable AttemptReport attempt,
            @Nullable String signature,
            @Nullable AttemptAccount receipt) {
        /** The same with another account of the attempt. */
        public Complete with(AttemptReport otherAttempt) {
            return new Complete(nodeId, jobId, output, error, exitCode, leaseId, otherAttempt, signature, receipt);
        }

        /** The same report by a node of this id. */
        public Complete by(String node) {
            return new Complete(node, jobId, output, error, exitCode, leaseId, attempt, signature, receipt);
        }

        /** The same report with the node's signature on its result, and on its receipt if there is to be one. */
        public Complete signed(NodeKey key) {
            SignedResult result = SignedResult.of(this);
            String onResult = result.sign(key);
            AttemptAccount account = receipt == null
                    ? null
                    : receipt.signed(
                            Receipt.of(key.workerId(), receipt, this, result).sign(key));
            return new Complete(nodeId, jobId, output, error, exitCode, leaseId, attempt, onResult, account);
        }
    }

    /**
     * @param reason a sentence for people; empty when the outcome says it all
     * @param signal the signal that ended the program, or null
     * @param outputBase64 the exact bytes of standard output where they are not UTF-8, else null
     * @param errorBase64 likewise of standard error
     * @param outputBytes bytes that the program printed; more than the report has if it was cut
     * @param errorBytes likewise
     * @param usage what it cost
     * @param phases when each phase was over, or null from a node that does not say
     * @param start how its program's process came to be, likewise
     * @param phasesMs how long each phase took, likewise
     * @param environment the environment that it ran in, {@code name@digest}, or null for none
     * @param outputs the files that were kept of it
     * @param log what became of its log, or null from a node that sends none
     */
    public record AttemptReport(
            Outcome code,
            String reason,
            @Nullable Integer signal,
            @Nullable String outputBase64,
            @Nullable String errorBase64,
            long outputBytes,
            long errorBytes,
            Usage usage,
            @Nullable PhasesAfterMs phases,
            @Nullable Start start,
            @Nullable PhasesMs phasesMs,
            @Nullable String environment,
            OutputReport outputs,
            @Nullable LogReport log) {
        /** What can be said of an attempt that printed text at most: nothing of its course and log. */
        public static AttemptReport of(
                Outcome code, String reason, long outputBytes, Usage usage, OutputReport outputs) {
            return new AttemptReport(
                    code, reason, null, null, null, outputBytes, 0, usage, null, null, null, null, outputs, null);
        }

        /** The same with something else about the log. */
        public AttemptReport with(@Nullable LogReport otherLog) {
            return new AttemptReport(
                    code,
                    reason,
                    signal,
                    outputBase64,
                    errorBase64,
                    outputBytes,
                    errorBytes,
                    usage,
                    phases,
                    start,
                    phasesMs,
                    environment,
                    outputs,
                    otherLog);
        }
    }

    /**
     * When each phase of an attempt was over: milliseconds since the node got the job, by a clock that only goes
     * forward. No time of day, since nodes' clocks differ. Null where it was never reached.
     *
     * @param prepared the sandbox was ready
     * @param started the program was started
     * @param ended nothing of the program was left
     */
    public record PhasesAfterMs(
            @Nullable Long prepared,
            @Nullable Long started,
            @Nullable Long ended) {}

    /**
     * @param cpuSeconds CPU time of all processes of the job, at most 3 decimals
     * @param memoryPeakBytes the most memory that was seen in use
     * @param wallTimeMs from the start of the program to its end
     */
    public record Usage(double cpuSeconds, long memoryPeakBytes, long wallTimeMs) {}

    /**
     * A report, and what its node claims with it: no job is waited for.
     *
     * @param claim an older broker passes it over
     */
    public record CompleteAndClaim(@JsonUnwrapped Complete report, NextClaim claim) {}

    /** @param slots jobs that the node can start when the report is recorded */
    public record NextClaim(int slots) {}

    /**
     * @param status always {@code "recorded"}
     * @param jobs what the report claimed; null where it claimed nothing, and from an older broker
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record CompleteAnswer(String status, @Nullable List<ClaimedJob> jobs) {
        public static CompleteAnswer recorded(@Nullable List<ClaimedJob> jobs) {
            return new CompleteAnswer("recorded", jobs);
        }

        /** The job that one place was claimed for. */
        public Optional<ClaimedJob> next() {
            return jobs == null ? Optional.empty() : jobs.stream().findFirst();
        }
    }

    /**
     * @param reports one for each report of the batch, in its order
     * @param jobs as in {@link CompleteAnswer}
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record BatchAnswer(
            List<ReportAnswer> reports, @Nullable List<ClaimedJob> jobs) {
        public static BatchAnswer of(List<ReportAnswer> reports) {
            return new BatchAnswer(reports, null);
        }

        /** The same to a batch that claimed. */
        public BatchAnswer with(List<ClaimedJob> claimed) {
            return new BatchAnswer(reports, claimed);
        }
    }

    /**
     * What became of one report of a batch: either recorded, or refused with the fields of an {@link ErrorBody}.
     *
     * @param status {@code "recorded"}, or null if it was refused
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record ReportAnswer(
            @Nullable String jobId,
            @Nullable String status,
            @Nullable String error,
            @Nullable String code,
            @Nullable Map<String, Object> details) {
        public static ReportAnswer recorded(String jobId) {
            return new ReportAnswer(jobId, "recorded", null, null, null);
        }

        /** @param jobId null where the report did not name one */
        public static ReportAnswer refused(@Nullable String jobId, ErrorBody why) {
            return new ReportAnswer(jobId, null, why.error(), why.code(), why.details());
        }
    }

    /**
     * Gives leases back: the jobs go to other nodes at once.
     *
     * @param leaving whether the node is about to stop: it gets no more work until it registers again, and all its
     * leases
     *     are given back, those included whose claim's answer never reached it
     */
    public record Release(String nodeId, List<String> leases, boolean leaving) {}

    /** @param released how many of the leases were still the node's */
    public record Released(int released) {}
}
