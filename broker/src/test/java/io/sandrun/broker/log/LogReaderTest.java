package io.sandrun.broker.log;

import static org.assertj.core.api.Assertions.assertThat;

import io.sandrun.protocol.log.LogFrame;
import io.sandrun.protocol.log.LogStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class LogReaderTest {
    private static final int PIECES = 2_000;
    private static final int STEP_BYTES = 64 * 1024;

    private final long seed = System.nanoTime();
    private final Random random = new Random(seed);
    private final Written log = new Written();

    /** A log of some MiB, of which it is known how much was read. */
    private final class Written implements Frames {
        private final LogPlaces places = new LogPlaces();
        private final byte[] bytes = pieces();
        private long readBytes;

        private byte[] pieces() {
            ByteBuffer all = ByteBuffer.allocate(PIECES * (LogFrame.HEAD_BYTES + 8 * 1024));
            for (int number = 0; number < PIECES; number++) {
                byte[] text = new byte[1 + random.nextInt(8 * 1024)];
                random.nextBytes(text);
                LogStream stream = LogStream.ofCode(1 + random.nextInt(3)).orElseThrow();
                new LogFrame(stream, number, text.length).putHead(all);
                all.put(text);
            }
            byte[] written = new byte[all.flip().remaining()];
            all.get(written);
            return written;
        }

        @Override
        public int attempt() {
            return 1;
        }

        @Override
        public long startMs() {
            return 0;
        }

        @Override
        public long size() {
            return bytes.length;
        }

        @Override
        public boolean isWhole() {
            return true;
        }

        @Override
        public void read(long position, ByteBuffer target) {
            readBytes += target.remaining();
            target.put(bytes, (int) position, target.remaining());
        }

        @Override
        public LogPlaces places() {
            return places;
        }

        @Override
        public void close() {}
    }

    private byte[] read(@Nullable LogStream only, long from, long most) throws IOException {
        LogReader reader = new LogReader(log, only, from);
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        while (all.size() < most) {
            var pieces = reader.next(STEP_BYTES);
            if (pieces.isEmpty()) {
                break;
            }
            for (LogReader.Piece piece : pieces) {
                assertThat(piece.offset()).as("seed %d", seed).isEqualTo(from + all.size());
                all.writeBytes(piece.bytes());
            }
        }
        return all.toByteArray();
    }

    @Test
    void a_part_is_the_same_whoever_has_read_before() throws IOException {
        for (LogStream only : new LogStream[] {null, LogStream.STDOUT, LogStream.STDERR, LogStream.INSTALL}) {
            byte[] whole = read(only, 0, Long.MAX_VALUE);
            assertThat(LogReader.length(log, only)).as("seed %d", seed).isEqualTo(whole.length);
            for (int tries = 0; tries < 50; tries++) {
                int from = random.nextInt(whole.length);
                byte[] part = read(only, from, 1 + random.nextInt(STEP_BYTES));
                assertThat(ByteBuffer.wrap(whole, from, part.length))
                        .as("seed %d, %s from %d", seed, only, from)
                        .isEqualTo(ByteBuffer.wrap(part));
            }
            assertThat(read(only, whole.length, 1)).isEmpty();
        }
    }

    @Test
    void to_read_its_end_again_and_again_does_not_read_all_of_it_again() throws IOException {
        long length = LogReader.length(log, null);
        log.readBytes = 0;
        for (int tries = 0; tries < 10; tries++) {
            assertThat(LogReader.length(log, null)).isEqualTo(length);
            assertThat(read(null, length - 1, 1)).as("seed %d", seed).hasSize(1);
        }
        assertThat(log.readBytes).isLessThan(40L * LogPlaces.STEP_BYTES);
        assertThat(log.size()).isGreaterThan(10L * LogPlaces.STEP_BYTES);
    }
}
