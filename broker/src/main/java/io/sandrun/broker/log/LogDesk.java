package io.sandrun.broker.log;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.sandrun.broker.Refusal;
import io.sandrun.broker.job.JobListener;
import io.sandrun.broker.store.AttemptRow;
import io.sandrun.broker.store.DiskRoom;
import io.sandrun.broker.store.JobRow;
import io.sandrun.broker.store.JobTable.Waiting;
import io.sandrun.broker.store.Lease;
import io.sandrun.broker.store.ResultRow;
import io.sandrun.broker.store.Store;
import io.sandrun.broker.store.StoreUnavailableException;
import io.sandrun.broker.store.Tables;
import io.sandrun.protocol.ErrorCode;
import io.sandrun.protocol.NodeMessages.AttemptReport;
import io.sandrun.protocol.NodeMessages.Complete;
import io.sandrun.protocol.log.LogBatch;
import io.sandrun.protocol.log.LogReport;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.IntFunction;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The logs of all jobs. That of an attempt which prints for a while is a file that grows as its node sends it, under
 * the lease; of a job that told all in its report, the result is the log. The log of a job is that of its last attempt.
 * Thread-safe.
 */
public final class LogDesk implements JobListener, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(LogDesk.class);
    private static final String ENDING = ".log";

    /** Logs whose places are kept, those that were looked at last: some KiB each, of the longest. */
    private static final int LOGS_WITH_PLACES = 256;

    private final Store store;
    private final Path directory;
    private final DiskRoom room;
    private final Executor blocking;
    private final Map<String, Live> live = new ConcurrentHashMap<>();
    private final Cache<LogName, LogPlaces> places =
            Caffeine.newBuilder().maximumSize(LOGS_WITH_PLACES).build();
    private volatile Consumer<String> news = jobId -> {};

    /** The log of a job that a node holds: only such a job costs an open file. */
    private record Live(Lease lease, LogFile file) {}

    private record LogName(String jobId, int attempt) {}

    private LogDesk(Store store, Path directory, DiskRoom room, Executor blocking) {
        this.store = store;
        this.directory = directory;
        this.room = room;
        this.blocking = blocking;
    }

    /**
     * Opens the logs in a directory.
     *
     * @param directory made if absent
     * @param freeBytesMin what the disk must have left for more to be taken
     * @param blocking deletes files
     */
    public static LogDesk open(Store store, Path directory, long freeBytesMin, Executor blocking) {
        try {
            Files.createDirectories(directory);
            LogDesk desk = new LogDesk(store, directory, new DiskRoom(directory, freeBytesMin), blocking);
            desk.deleteForgotten();
            return desk;
        } catch (IOException refused) {
            throw new StoreUnavailableException("The logs cannot be opened: " + refused.getMessage(), refused);
        }
    }

    /** To be called while the broker is put together: who hears that something is new in the log of a job. */
    public void tell(Consumer<String> listener) {
        news = listener;
    }

    /** Logs of jobs that were forgotten while a crash kept the file. */
    private void deleteForgotten() throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            for (Path file : files.toList()) {
                String jobId = file.getFileName().toString().replace(ENDING, "");
                if (store.read(tables -> tables.jobs().find(jobId)).isEmpty()) {
                    Files.delete(file);
                }
            }
        }
    }

    private Path file(String jobId) {
        return directory.resolve(jobId + ENDING);
    }

    private IntFunction<LogPlaces> places(String jobId) {
        return attempt -> places.get(new LogName(jobId, attempt), unseen -> new LogPlaces());
    }

    /**
     * Takes what a node sends of the log of an attempt.
     *
     * @return bytes of the log that are here now: what comes next begins there
     * @throws Refusal if the node does not hold the job (any more), sends no log, or the disk has no room; a node that
     *     hears the latter lets the job go on without
     */
    public long append(String nodeId, LogBatch.Part part) {
        Lease lease = new Lease(part.jobId(), nodeId, part.leaseId());
        LogFile file = liveFile(lease).orElseThrow(() -> stale(part.jobId()));
        long bytes;
        try {
            room.require();
            bytes = file.append(part.offset(), part.frames());
        } catch (IOException refused) {
            throw new StoreUnavailableException("The disk takes no log: " + refused.getMessage(), refused);
        } finally {
            file.close();
        }
        news.accept(part.jobId());
        return bytes;
    }

    private static Refusal stale(String jobId) {
        return new Refusal(
                ErrorCode.STALE_LEASE,
                "This node does not hold the job (any more): its log is not taken.",
                Map.of("job_id", jobId));
    }

    /** The file under a lease that is held now; to be closed. */
    private Optional<LogFile> liveFile(Lease lease) {
        Live known = live.get(lease.jobId());
        if (known == null || !known.lease.equals(lease)) {
            known = opened(lease);
        }
        return known == null || known.file.isWhole() || !known.file.share()
                ? Optional.empty()
                : Optional.of(known.file);
    }

    private @Nullable Live opened(Lease lease) {
        Live opened = store.read(tables -> tables.jobs()
                .findLeased(lease)
                .map(job -> live.compute(job.id(), (id, before) -> opened(before, lease, job, startMs(tables, job))))
                .orElse(null));
        if (opened == null || !opened.lease.equals(lease)) {
            return null;
        }
        if (store.read(tables -> tables.jobs().findLeased(lease)).isEmpty()) {
            // Lost between the first look and the entry in the map: the news of it missed the entry.
            end(opened);
            return null;
        }
        return opened;
    }

    /** Lets go of a log whose lease has ended. */
    private void end(Live over) {
        over.file.end();
        if (live.remove(over.lease.jobId(), over)) {
            over.file.close();
        }
    }

    private Live opened(@Nullable Live before, Lease lease, JobRow job, long startMs) {
        if (before != null && (before.lease.equals(lease) || before.file.attempt() > job.attempt())) {
            return before;
        }
        try {
            Live opened = new Live(lease, LogFile.live(file(job.id()), job.attempt(), startMs, places(job.id())));
            if (before != null) {
                before.file.end();
                before.file.close();
            }
            return opened;
        } catch (IOException refused) {
            throw new StoreUnavailableException("The disk takes no log: " + refused.getMessage(), refused);
        }
    }

    private static long startMs(Tables tables, JobRow job) {
        return tables.attempts().ofJob(job.seq()).stream()
                .filter(attempt -> attempt.number() == job.attempt())
                .mapToLong(AttemptRow::assignedAtMs)
                .findFirst()
                .orElse(job.createdAtMs());
    }

    /**
     * Makes sure that the log of an attempt is here and on disk before its report is recorded.
     *
     * @throws Refusal if some of it is missing
     */
    public void requireWhole(Complete report) {
        AttemptReport attempt = report.attempt();
        LogReport log = attempt == null ? null : attempt.log();
        String leaseId = report.leaseId();
        if (log == null || !log.sent() || leaseId == null) {
            return;
        }
        Optional<LogFile> held = liveFile(new Lease(report.jobId(), report.nodeId(), leaseId));
        if (held.isEmpty()) {
            return; // The lease is not held, and the report will be answered so.
        }
        try (LogFile file = held.get()) {
            if (file.bytes() < log.bytes()) {
                throw new Refusal(
                        ErrorCode.LOG_INCOMPLETE,
                        "The log of this attempt is not whole: send the rest, then report again.",
                        Map.of("job_id", report.jobId(), "offset", file.bytes()));
            }
            file.seal();
        } catch (IOException refused) {
            throw new StoreUnavailableException("The disk takes no log: " + refused.getMessage(), refused);
        }
    }

    /**
     * What there is of a job's log.
     *
     * @param job as it was just before
     * @param log to be closed; null if there is none (yet)
     */
    public record Look(JobRow job, @Nullable Frames log) {}

    /** Empty if there is no such job, or none whose log may be seen (yet). */
    public Optional<Look> look(String jobId) {
        Optional<JobRow> shown = store.read(tables -> tables.jobs().find(jobId).filter(tables.copies()::isShown));
        return shown.map(job -> new Look(job, job.isHandedOut() ? log(job) : ofVerified(job)));
    }

    /**
     * The log of a verified job is its result, which was compared. What the accepted copy's node sent beside that was
     * not, and is told as that copy's log alone.
     */
    private @Nullable Frames ofVerified(JobRow job) {
        return store.read(tables -> ofResult(tables, job));
    }

    private @Nullable Frames log(JobRow job) {
        try {
            Optional<LogFile> found = unfinished(job);
            Optional<LogFile> file = found.isPresent() ? found : present(job.id());
            if (file.isPresent()
                    && (!file.get().isWhole()
                            || file.get().attempt() == job.attempt()
                            || !job.state().isFinal())) {
                return file.get();
            }
            Frames ofResult = store.read(tables -> ofResult(tables, job));
            if (ofResult == null) {
                return file.orElse(null);
            }
            file.ifPresent(LogFile::close);
            return ofResult;
        } catch (UncheckedIOException refused) {
            throw new StoreUnavailableException("A log cannot be read: " + refused.getMessage(), refused);
        }
    }

    /**
     * The log of a job as it is, be it one that grows or one that has ended. Nobody begins one meanwhile: a file that
     * its node has just begun would be taken for whole, and those who watch it would get no more.
     */
    private Optional<LogFile> present(String jobId) {
        AtomicReference<@Nullable LogFile> present = new AtomicReference<>();
        live.compute(jobId, (id, known) -> {
            present.set(known != null && known.file.share() ? known.file : ended(id));
            return known;
        });
        return Optional.ofNullable(present.get());
    }

    private @Nullable LogFile ended(String jobId) {
        try {
            return LogFile.ended(file(jobId), places(jobId)).orElse(null);
        } catch (IOException refused) {
            throw new UncheckedIOException(refused);
        }
    }

    /** After a restart of the broker: the log of an attempt whose node has not been heard of yet. */
    private Optional<LogFile> unfinished(JobRow job) {
        String leaseId = job.leaseId();
        String nodeId = job.nodeId();
        if (leaseId == null || nodeId == null || live.containsKey(job.id())) {
            return Optional.empty();
        }
        try (LogFile there = ended(job.id())) {
            if (there == null || there.attempt() != job.attempt()) {
                return Optional.empty();
            }
        }
        return liveFile(new Lease(job.id(), nodeId, leaseId));
    }

    private static @Nullable Frames ofResult(Tables tables, JobRow job) {
        Optional<ResultRow> result = tables.results().find(job.seq());
        Long endedAtMs = job.endedAtMs();
        if (result.isEmpty() || endedAtMs == null) {
            return null;
        }
        long startMs = startMs(tables, job);
        return MemoryFrames.of(Math.max(1, job.attempt()), startMs, result.get(), (int)
                Math.min(Integer.MAX_VALUE, Math.max(0, endedAtMs - startMs)));
    }

    @Override
    public void waiting(Waiting job) {
        // Its log begins with its node.
    }

    @Override
    public void leaseEnded(JobRow job) {
        Live known = live.get(job.id());
        if (known != null) {
            end(known);
        }
        news.accept(job.id());
    }

    @Override
    public void ended(JobRow job) {
        news.accept(job.id());
    }

    @Override
    public void forgotten(List<String> jobIds) {
        blocking.execute(() -> jobIds.forEach(this::delete));
    }

    private void delete(String jobId) {
        try {
            Files.deleteIfExists(file(jobId));
        } catch (IOException stays) {
            LOG.warn("The log of job {} stays on disk: {}", jobId, stays.toString());
        }
    }

    /** What was taken stays. */
    @Override
    public void close() {
        live.values().forEach(each -> each.file.close());
        live.clear();
    }
}
