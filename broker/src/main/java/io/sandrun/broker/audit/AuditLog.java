package io.sandrun.broker.audit;

import io.sandrun.protocol.Json;
import io.sandrun.protocol.identity.Digest;
import io.sandrun.protocol.identity.NodeKey;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The log of who did what and who was refused.
 *
 * <p>Theory of operation: each line carries the SHA-256 of the one before, so that none can be changed, taken out or
 * moved without all that follow being written anew. Against that, and against a log that is cut off at its end, the
 * last line is signed with the broker's own key whenever lines were written. One thread writes; whoever tells it
 * something never waits. What happened is on the disk a moment later, forced there before it is signed; a crash may
 * cost that moment. Refusals, of which anybody can make many, are counted and written once a minute. Thread-safe.
 */
public final class AuditLog implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(AuditLog.class);

    /** Lines that wait to be written, some MiB; beyond it they are lost, which the log tells. */
    private static final int QUEUE_MAX = 20_000;

    private static final long FILE_BYTES_MAX = 16L << 20;

    /** Old files beyond this many are deleted: a gibibyte is kept. */
    static final int FILES_MAX = 64;

    private static final long TALLY_MS = 60_000;

    /** Kinds of refusals that one minute tells apart. */
    private static final int TALLIES_MAX = 1_000;

    private static final String LOST = "lines_lost";

    /** Is no line, but wakes who waits for one. */
    private static final Map<String, Object> WAKE = Map.of();

    private static final long POLL_MS = 500;
    private static final long STOP_TIMEOUT_MS = 5_000;

    private final Path directory;
    private final Clock clock;
    private final NodeKey signer;
    private final long fileBytes;
    private final BlockingQueue<Map<String, Object>> waiting = new LinkedBlockingQueue<>(QUEUE_MAX);
    private final AtomicLong lost = new AtomicLong();
    private final Map<List<String>, Long> refusals = new LinkedHashMap<>();
    private final Thread writer = new Thread(this::write, "sandrun-audit");
    private volatile boolean closed;

    /** Of the writer alone, like what follows. */
    private AuditChain.End end;

    private @Nullable Path file;
    private long talliedMs;

    /** Told once, until it can be written again. */
    private volatile boolean isBroken;

    private AuditLog(Path directory, Clock clock, NodeKey signer, long fileBytes, AuditChain.End end) {
        this.fileBytes = fileBytes;
        this.directory = directory;
        this.clock = clock;
        this.signer = signer;
        this.end = end;
        this.talliedMs = clock.millis();
    }

    /**
     * Goes on with the log in that directory, or begins one.
     *
     * @param signer the broker's own key
     */
    public static AuditLog open(Path directory, Clock clock, NodeKey signer) {
        return open(directory, clock, signer, FILE_BYTES_MAX);
    }

    /** @param fileBytes of a file that is full: lines after that go into another one */
    static AuditLog open(Path directory, Clock clock, NodeKey signer, long fileBytes) {
        try {
            Files.createDirectories(directory);
        } catch (IOException refused) {
            throw new UncheckedIOException("The audit log cannot be opened: " + refused.getMessage(), refused);
        }
        AuditLog log = new AuditLog(directory, clock, signer, fileBytes, AuditChain.mend(directory));
        log.writer.start();
        return log;
    }

    /**
     * Notes what was done.
     *
     * @param by a key's id or an address
     * @param facts without secrets
     */
    public void did(String event, String by, Map<String, ?> facts) {
        Map<String, Object> all = new LinkedHashMap<>();
        all.put("by", by);
        all.putAll(facts);
        if (!waiting.offer(line(event, all))) {
            lost.incrementAndGet();
        }
    }

    /** Counts a refusal. */
    public void refused(String code, String by) {
        synchronized (refusals) {
            List<String> kind = List.of(code, by);
            refusals.merge(refusals.size() < TALLIES_MAX ? kind : List.of(code, "others"), 1L, Long::sum);
        }
    }

    private void write() {
        boolean isLast = false;
        while (!isLast) {
            isLast = closed;
            try {
                List<Map<String, Object>> lines = next();
                if (isLast || clock.millis() - talliedMs >= TALLY_MS) {
                    lines.addAll(tallies());
                }
                if (!lines.isEmpty()) {
                    appendOrLose(lines);
                }
            } catch (InterruptedException stop) {
                closed = true;
            }
        }
    }

    private void appendOrLose(List<Map<String, Object>> lines) {
        try {
            append(lines);
            isBroken = false;
        } catch (IOException | RuntimeException broken) {
            lost.addAndGet(lines.stream().mapToLong(AuditLog::countOf).sum());
            if (!isBroken) {
                isBroken = true;
                LOG.error("The audit log cannot be written: {}", broken.toString());
            }
        }
    }

    /** A line that was to tell of others stands for those. */
    private static long countOf(Map<String, Object> line) {
        return LOST.equals(line.get("event")) && line.get("count") instanceof Long others ? others : 1;
    }

    boolean isBroken() {
        return isBroken;
    }

    private List<Map<String, Object>> next() throws InterruptedException {
        List<Map<String, Object>> lines = new ArrayList<>();
        Map<String, Object> first = waiting.poll(closed ? 0 : POLL_MS, TimeUnit.MILLISECONDS);
        if (first != null) {
            lines.add(first);
            waiting.drainTo(lines);
            lines.removeIf(line -> line == WAKE);
        }
        long dropped = lost.getAndSet(0);
        if (dropped > 0) {
            lines.add(line(LOST, Map.of("count", dropped)));
        }
        return lines;
    }

    private List<Map<String, Object>> tallies() {
        talliedMs = clock.millis();
        List<Map<String, Object>> lines = new ArrayList<>();
        synchronized (refusals) {
            refusals.forEach((kind, count) ->
                    lines.add(line("refused", Map.of("code", kind.get(0), "by", kind.get(1), "count", count))));
            refusals.clear();
        }
        return lines;
    }

    private Map<String, Object> line(String event, Map<String, ?> facts) {
        Map<String, Object> line = new LinkedHashMap<>();
        line.put("event", event);
        line.putAll(facts);
        line.put("at", Instant.ofEpochMilli(clock.millis()).toString());
        return line;
    }

    private void append(List<Map<String, Object>> lines) throws IOException {
        AuditChain.End next = end;
        StringBuilder text = new StringBuilder();
        for (Map<String, Object> facts : lines) {
            Map<String, Object> line = new LinkedHashMap<>();
            line.put("n", next.number() + 1);
            line.putAll(facts);
            line.put("previous", next.sha256());
            String json = Json.write(line);
            text.append(json).append('\n');
            next = new AuditChain.End(next.number() + 1, Digest.ofText(json));
        }
        Path target = target();
        try (FileChannel channel = FileChannel.open(
                target, StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.APPEND)) {
            write(channel, text.toString());
        }
        end = next;
        sign();
    }

    /** All of it or nothing: behind half a line nothing would fit. */
    private static void write(FileChannel channel, String text) throws IOException {
        long before = channel.size();
        try {
            ByteBuffer bytes = StandardCharsets.UTF_8.encode(text);
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
            channel.force(false);
        } catch (IOException torn) {
            channel.truncate(before);
            throw torn;
        }
    }

    /** The file that is written to; a new one where the last is full. */
    private Path target() throws IOException {
        List<Path> files = AuditChain.files(directory);
        Path last = file != null ? file : files.isEmpty() ? null : files.get(files.size() - 1);
        if (last == null || (Files.exists(last) && Files.size(last) >= fileBytes)) {
            last = directory.resolve(AuditChain.fileName(end.number() + 1));
            for (int oldest = 0; oldest <= files.size() - FILES_MAX; oldest++) {
                Files.deleteIfExists(files.get(oldest));
            }
        }
        file = last;
        return last;
    }

    private void sign() throws IOException {
        Map<String, Object> head = new LinkedHashMap<>();
        head.put("n", end.number());
        head.put("sha256", end.sha256());
        head.put("worker_id", signer.workerId());
        head.put(
                "signature",
                Base64.getEncoder().encodeToString(signer.sign(AuditChain.headMessage(end.number(), end.sha256()))));
        Path written = directory.resolve(AuditChain.HEAD_FILE + ".new");
        Files.write(written, Json.bytes(head));
        Files.move(
                written,
                directory.resolve(AuditChain.HEAD_FILE),
                StandardCopyOption.ATOMIC_MOVE,
                StandardCopyOption.REPLACE_EXISTING);
    }

    /** Writes what waits, and ends. */
    @Override
    public void close() {
        closed = true;
        // Where there is no room, nobody waits.
        var unused = waiting.offer(WAKE);
        try {
            writer.join(STOP_TIMEOUT_MS);
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
        }
    }
}
