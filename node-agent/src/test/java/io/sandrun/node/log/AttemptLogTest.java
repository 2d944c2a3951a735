package io.sandrun.node.log;

import static org.assertj.core.api.Assertions.assertThat;

import io.sandrun.protocol.Limits;
import io.sandrun.protocol.log.LogBatch;
import io.sandrun.protocol.log.LogFrame;
import io.sandrun.protocol.log.LogReport;
import io.sandrun.protocol.log.LogStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AttemptLogTest {
    @TempDir
    private Path directory;

    private final AtomicLong ageMs = new AtomicLong();
    private final AtomicInteger nudges = new AtomicInteger();

    private AttemptLog log() {
        return new AttemptLog(
                "pool-1",
                "lease-1",
                LogSpool.fresh(directory.resolve("lease-1.log")),
                ageMs::get,
                nudges::incrementAndGet);
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    /** What a broker would have: takes all batches from an offset on and notes how each stream goes. */
    private static final class Taken {
        private final StringBuilder order = new StringBuilder();
        private final ByteArrayOutputStream all = new ByteArrayOutputStream();
        private final Map<LogStream, ByteArrayOutputStream> streams = new EnumMap<>(LogStream.class);
        private int pieces;

        private void all(AttemptLog log) throws IOException {
            for (LogBatch.Part part = log.next(100_000); part != null; part = log.next(100_000)) {
                assertThat(part.offset()).isEqualTo(all.size());
                take(part);
                log.taken(all.size());
            }
        }

        private void take(LogBatch.Part part) throws IOException {
            ByteBuffer frames = ByteBuffer.wrap(part.frames());
            while (frames.hasRemaining()) {
                LogFrame head = LogFrame.head(frames);
                byte[] bytes = new byte[head.length()];
                frames.get(bytes);
                all.writeBytes(bytes);
                streams.computeIfAbsent(head.stream(), stream -> new ByteArrayOutputStream())
                        .writeBytes(bytes);
                order.append(head.stream() == LogStream.STDOUT ? 'o' : head.stream() == LogStream.STDERR ? 'e' : 'i');
                pieces++;
            }
        }

        private byte[] stream(LogStream stream) {
            return streams.getOrDefault(stream, new ByteArrayOutputStream()).toByteArray();
        }
    }

    @Test
    void the_beginning_of_a_character_waits_for_its_end() throws Exception {
        AttemptLog log = log();
        byte[] party = utf8("🎉");
        log.append(LogStream.STDOUT, new byte[] {'a', party[0], party[1]});
        log.append(LogStream.STDERR, utf8("x"));
        Taken taken = new Taken();
        taken.all(log);
        assertThat(taken.all.toString(StandardCharsets.UTF_8)).isEqualTo("ax");
        log.append(LogStream.STDOUT, new byte[] {party[2], party[3], party[0]});
        taken.all(log);
        assertThat(taken.all.toString(StandardCharsets.UTF_8)).isEqualTo("ax🎉");
        log.end();
        taken.all(log);
        assertThat(taken.stream(LogStream.STDOUT)).endsWith(party[0]).hasSize(6);
        assertThat(taken.order).hasToString("oeoo");
    }

    @Test
    void a_short_log_is_told_by_the_report() {
        AttemptLog log = log();
        log.append(LogStream.STDERR, utf8("b"));
        log.append(LogStream.STDOUT, utf8("aa"));
        ageMs.set(20);
        log.append(LogStream.STDOUT, utf8("a"));
        log.append(LogStream.STDERR, utf8("b"));
        log.end();
        LogReport report = Objects.requireNonNull(log.report(3, 2));
        assertThat(report.sent()).isFalse();
        assertThat(report.order())
                .containsExactly(
                        new LogReport.Piece(LogStream.STDERR, 0, 1),
                        new LogReport.Piece(LogStream.STDOUT, 0, 3),
                        new LogReport.Piece(LogStream.STDERR, 20, 1));
        assertThat(nudges).as("one for the first output").hasValue(1);
        assertThat(directory).isEmptyDirectory();
    }

    @Test
    void what_the_report_cannot_tell_is_to_be_sent() throws Exception {
        AttemptLog installed = log();
        installed.append(LogStream.INSTALL, utf8("pip"));
        installed.end();
        assertThat(Objects.requireNonNull(installed.report(0, 0)).sent()).isTrue();
        AttemptLog begun = log();
        begun.append(LogStream.STDOUT, utf8("a"));
        begun.next(1);
        begun.end();
        assertThat(Objects.requireNonNull(begun.report(1, 0)).sent()).isTrue();
        AttemptLog large = log();
        large.append(LogStream.STDOUT, new byte[Limits.OUTPUT_KEPT_BYTES + 1]);
        large.end();
        assertThat(Objects.requireNonNull(large.report(Limits.OUTPUT_KEPT_BYTES + 1, 0))
                        .sent())
                .isTrue();
        large.discard();
        assertThat(directory).isEmptyDirectory();
    }

    @Test
    void what_the_broker_lost_is_sent_again_from_anywhere() throws Exception {
        long seed = System.nanoTime();
        System.out.println("seed " + seed);
        Random random = new Random(seed);
        AttemptLog log = log();
        ByteArrayOutputStream expected = new ByteArrayOutputStream();
        for (int piece = 0; piece < 2_000; piece++) {
            byte[] bytes = utf8("é".repeat(random.nextInt(300)));
            ageMs.addAndGet(random.nextInt(8));
            log.append(random.nextBoolean() ? LogStream.STDOUT : LogStream.STDERR, bytes);
            expected.writeBytes(bytes);
        }
        log.end();
        assertThat(directory.resolve("lease-1.log")).as("too long for memory").exists();
        Taken taken = new Taken();
        taken.all(log);
        assertThat(taken.all.toByteArray()).isEqualTo(expected.toByteArray());
        for (int loss = 0; loss < 20; loss++) {
            int offset = random.nextInt(expected.size());
            log.taken(offset);
            LogBatch.Part part = Objects.requireNonNull(log.next(1));
            assertThat(part.offset()).isLessThanOrEqualTo(offset);
            Taken again = new Taken();
            again.take(part);
            assertThat(part.offset() + again.all.size()).isGreaterThan(offset);
        }
        log.keep();
        AttemptLog later =
                new AttemptLog("pool-1", "lease-1", LogSpool.kept(directory.resolve("lease-1.log")), () -> 0, () -> {});
        Taken afterCrash = new Taken();
        afterCrash.all(later);
        assertThat(afterCrash.all.toByteArray()).isEqualTo(expected.toByteArray());
        later.discard();
        log.discard();
        assertThat(directory).isEmptyDirectory();
    }

    @Test
    void a_program_that_changes_streams_with_each_byte_makes_no_endless_number_of_pieces() throws Exception {
        AttemptLog log = log();
        int bytes = 400_000;
        for (int index = 0; index < bytes; index++) {
            log.append(index % 2 == 0 ? LogStream.STDOUT : LogStream.STDERR, new byte[] {(byte) ('a' + index % 2)});
        }
        log.end();
        Taken taken = new Taken();
        taken.all(log);
        assertThat(taken.pieces).isBetween(100_000, 101_000);
        assertThat(taken.stream(LogStream.STDOUT)).hasSize(bytes / 2).containsOnly('a');
        assertThat(taken.stream(LogStream.STDERR)).hasSize(bytes / 2).containsOnly('b');
        log.discard();
    }

    @Test
    void a_log_has_an_end() throws Exception {
        AttemptLog log = log();
        byte[] megabyte = new byte[1 << 20];
        for (long sent = 0; sent < Limits.LOG_BYTES + (3 << 20); sent += megabyte.length) {
            log.append(LogStream.STDOUT, megabyte);
        }
        log.end();
        assertThat(Objects.requireNonNull(log.report(1, 0)).bytes()).isEqualTo(Limits.LOG_BYTES);
        log.discard();
    }

    @Test
    void a_broker_that_wants_none_of_it_is_sent_no_more() throws Exception {
        AttemptLog log = log();
        log.append(LogStream.STDOUT, utf8("a"));
        log.next(1);
        log.refuse();
        log.append(LogStream.STDOUT, utf8("b"));
        assertThat(log.dueNanos()).isEqualTo(Long.MAX_VALUE);
        assertThat(log.next(1)).isNull();
        log.end();
        assertThat(log.report(2, 0)).isNull();
    }
}
