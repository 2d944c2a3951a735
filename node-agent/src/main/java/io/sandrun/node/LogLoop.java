package io.sandrun.node;

import io.sandrun.node.attempt.HeldAttempt;
import io.sandrun.node.log.AttemptLog;
import io.sandrun.node.log.LogSpool;
import io.sandrun.protocol.BrokerClient;
import io.sandrun.protocol.BrokerException;
import io.sandrun.protocol.ErrorCode;
import io.sandrun.protocol.Limits;
import io.sandrun.protocol.NodeMessages.ClaimedJob;
import io.sandrun.protocol.NodeMessages.Registered;
import io.sandrun.protocol.log.LogAnswers;
import io.sandrun.protocol.log.LogBatch;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends what the running attempts print, all of them in one request after the other, so that a node that runs many
 * costs the broker no more requests than one that runs few. What comes while one is under way goes with the next. While
 * the broker cannot be reached, the logs just grow. Thread-safe.
 */
final class LogLoop implements Runnable {
    private static final Logger log = LoggerFactory.getLogger(LogLoop.class);

    /** Of one log in one request, so that an endless printer leaves room for its neighbours. */
    private static final int PART_BYTES = 256 * 1024;

    /** Answers in a row by which a log got no further before its delivery is given up for a while. */
    private static final int STANDSTILLS_MAX = 3;

    private static final String ENDING = ".log";

    private final BrokerClient client;
    private final BrokerSession session;
    private final Path directory;
    private final Map<String, AttemptLog> logs = new ConcurrentHashMap<>();
    private final Semaphore nudges = new Semaphore(0);
    private final Backoff backoff = new Backoff();

    /** @param directory for logs that are long, or that outlive the agent */
    LogLoop(BrokerClient client, BrokerSession session, Path directory) throws IOException {
        this.client = client;
        this.session = session;
        this.directory = Files.createDirectories(directory);
    }

    /** Deletes what an agent left behind whose report was not kept. */
    void keepOnly(List<String> leaseIds) throws IOException {
        Set<String> wanted = Set.copyOf(leaseIds);
        try (Stream<Path> files = Files.list(directory)) {
            for (Path file : files.toList()) {
                if (!wanted.contains(file.getFileName().toString().replace(ENDING, ""))) {
                    Files.delete(file);
                }
            }
        }
    }

    /** The log of an attempt that begins. */
    AttemptLog open(HeldAttempt attempt) {
        ClaimedJob job = attempt.job();
        AttemptLog opened = new AttemptLog(
                job.id(),
                job.leaseId(),
                LogSpool.fresh(file(job.leaseId())),
                () -> attempt.age().toMillis(),
                nudges::release);
        logs.put(job.leaseId(), opened);
        return opened;
    }

    private Path file(String leaseId) {
        return directory.resolve(leaseId + ENDING);
    }

    @Override
    public void run() {
        try {
            while (!Thread.currentThread().isInterrupted()) {
                long waitNanos = nextDueNanos() - System.nanoTime();
                if (waitNanos > 0) {
                    awaitNudge(waitNanos);
                } else {
                    sendOrPause();
                }
            }
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
        }
    }

    private long nextDueNanos() {
        long next = System.nanoTime() + TimeUnit.MINUTES.toNanos(1);
        for (AttemptLog each : logs.values()) {
            long due = each.dueNanos();
            if (due != Long.MAX_VALUE && due - next < 0) {
                next = due;
            }
        }
        return next;
    }

    private void awaitNudge(long nanos) throws InterruptedException {
        if (nudges.tryAcquire(nanos, TimeUnit.NANOSECONDS)) {
            nudges.drainPermits();
        }
    }

    /** One log's fault must not end the thread that sends everybody's. */
    private void sendOrPause() throws InterruptedException {
        try {
            sendDue();
        } catch (RuntimeException ownFault) {
            log.error("Logs could not be sent, which is tried again; at the latest they go with the reports", ownFault);
            pause();
        }
    }

    private void sendDue() throws InterruptedException {
        List<AttemptLog> sending = new ArrayList<>();
        List<LogBatch.Part> parts = new ArrayList<>();
        try {
            int room = Limits.LOG_BATCH_BYTES;
            for (AttemptLog each : logs.values()) {
                if (each.dueNanos() - System.nanoTime() > 0 || room < PART_BYTES) {
                    continue;
                }
                LogBatch.Part part = each.next(PART_BYTES);
                if (part != null) {
                    room -= part.frames().length;
                    parts.add(part);
                    sending.add(each);
                }
            }
            if (!parts.isEmpty()) {
                hear(sending, send(new LogBatch(parts)));
            }
            backoff.reset();
        } catch (IOException notYet) {
            log.debug("Logs wait: {}", notYet.toString());
            pause();
            sending.forEach(AttemptLog::retry);
        }
    }

    /** Until it is worth trying again. Nudges are no reason to do so earlier. */
    private void pause() throws InterruptedException {
        long endNanos = System.nanoTime() + backoff.next().toNanos();
        for (long left = endNanos - System.nanoTime(); left > 0; left = endNanos - System.nanoTime()) {
            awaitNudge(left);
        }
    }

    private LogAnswers send(LogBatch batch) throws IOException {
        Registered standing = session.current();
        try {
            return client.appendLogs(standing.nodeId(), batch);
        } catch (BrokerException answered) {
            session.heed(standing, answered);
            throw answered;
        }
    }

    private static void hear(List<AttemptLog> sent, LogAnswers answers) throws IOException {
        if (answers.logs().size() != sent.size()) {
            throw new IOException(
                    "the broker answered %d of %d logs".formatted(answers.logs().size(), sent.size()));
        }
        for (int index = 0; index < sent.size(); index++) {
            hear(sent.get(index), answers.logs().get(index));
        }
    }

    private static void hear(AttemptLog sent, LogAnswers.OfLog answer) throws IOException {
        Long offset = answer.offset();
        if (offset != null) {
            sent.taken(offset);
        } else if (ErrorCode.UNAVAILABLE.wire().equals(answer.code())) {
            throw new IOException(String.valueOf(answer.error()));
        } else {
            log.warn("The broker takes no more of a log: {}", answer.error());
            sent.refuse();
        }
    }

    /**
     * Brings to the broker what it does not have yet of the log of an attempt that has ended.
     *
     * @return whether there is such a log
     * @throws IOException if that has to wait
     */
    boolean deliver(String jobId, String leaseId) throws IOException {
        AttemptLog ended = ended(jobId, leaseId).orElse(null);
        if (ended == null) {
            return false;
        }
        int standstills = 0;
        long before = -1;
        for (LogBatch.Part part = ended.next(PART_BYTES); part != null; part = ended.next(PART_BYTES)) {
            standstills = part.offset() > before ? 0 : standstills + 1;
            if (standstills > STANDSTILLS_MAX) {
                throw new IOException("the broker takes nothing of the log of job " + jobId);
            }
            before = part.offset();
            hear(List.of(ended), send(new LogBatch(List.of(part))));
        }
        return true;
    }

    /** The broker has less of a log than it said. */
    void lost(String jobId, String leaseId, long offset) throws IOException {
        AttemptLog ended = ended(jobId, leaseId).orElse(null);
        if (ended != null) {
            ended.taken(offset);
        }
    }

    /** The log of an attempt of this agent, or one that an earlier agent kept. */
    private Optional<AttemptLog> ended(String jobId, String leaseId) throws IOException {
        AttemptLog known = logs.get(leaseId);
        if (known != null || !Files.exists(file(leaseId))) {
            return Optional.ofNullable(known);
        }
        AttemptLog kept = new AttemptLog(jobId, leaseId, LogSpool.kept(file(leaseId)), () -> 0, () -> {});
        logs.put(leaseId, kept);
        return Optional.of(kept);
    }

    /** Keeps a log together with the report on its attempt. */
    void keep(String leaseId) throws IOException {
        AttemptLog known = logs.get(leaseId);
        if (known != null) {
            known.keep();
        }
    }

    /** Forgets a log: its report is recorded, or will never be. */
    void discard(String leaseId) {
        AttemptLog known = logs.remove(leaseId);
        if (known != null) {
            known.discard();
        }
    }
}
