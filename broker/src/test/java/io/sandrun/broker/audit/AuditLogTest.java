package io.sandrun.broker.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import io.sandrun.broker.AuditFinding;
import io.sandrun.protocol.identity.NodeKey;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whatever is done to the log, the check finds it and says where. */
class AuditLogTest {
    private static final int LINES = 30;
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    @TempDir
    private Path directory;

    private final NodeKey key = NodeKey.generate();
    private Path file;

    @BeforeEach
    void write() throws IOException {
        write(0, LINES);
        file = AuditChain.files(directory).get(0);
    }

    private void write(int from, int to) {
        try (AuditLog log = AuditLog.open(directory, Clock.systemUTC(), key)) {
            for (int number = from; number < to; number++) {
                log.did("job_submitted", "key-000000000000", Map.of("job_id", "pool-" + number));
            }
        }
    }

    private String fault() throws IOException {
        return String.valueOf(AuditCheck.ofLog(directory, key.workerId()).fault());
    }

    private List<String> lines() throws IOException {
        return new ArrayList<>(Files.readAllLines(file));
    }

    private void save(List<String> lines) throws IOException {
        Files.writeString(file, String.join("\n", lines) + "\n");
    }

    @Test
    void a_log_as_it_was_written_is_whole_and_goes_on_after_a_restart() throws IOException {
        write(LINES, LINES + 5);
        AuditFinding found = AuditCheck.ofLog(directory, key.workerId());
        assertThat(found.fault()).isNull();
        assertThat(found.lines()).isEqualTo(LINES + 5);
        assertThat(AuditCheck.ofFile(file).fault()).isNull();
    }

    @Test
    void any_byte_that_is_changed_is_found() throws IOException {
        long seed = System.nanoTime();
        System.err.println("seed " + seed);
        Random random = new Random(seed);
        byte[] whole = Files.readAllBytes(file);
        for (int round = 0; round < 300; round++) {
            byte[] changed = whole.clone();
            int place = random.nextInt(changed.length);
            byte other = (byte) (' ' + random.nextInt(95));
            if (changed[place] == other) {
                continue;
            }
            changed[place] = other;
            Files.write(file, changed);
            assertThat(AuditCheck.ofLog(directory, key.workerId()).fault())
                    .as("byte %d becomes %s", place, (char) other)
                    .isNotNull();
        }
    }

    @Test
    void a_line_that_is_taken_out_moved_or_put_in_is_named() throws IOException {
        List<String> whole = lines();
        List<String> removed = lines();
        removed.remove(10);
        save(removed);
        assertThat(fault()).contains("line 11").contains("11 should follow");
        List<String> swapped = new ArrayList<>(whole);
        swapped.set(4, whole.get(5));
        swapped.set(5, whole.get(4));
        save(swapped);
        assertThat(fault()).contains("line 5");
        List<String> doubled = new ArrayList<>(whole);
        doubled.add(8, whole.get(7));
        save(doubled);
        assertThat(fault()).contains("line 9");
    }

    @Test
    void a_beginning_that_is_cut_off_is_found_though_every_line_fits() throws IOException {
        save(lines().subList(10, LINES));
        assertThat(fault()).contains("line 1:").contains("number 11");
        assertThat(String.valueOf(AuditCheck.ofFile(file).fault())).contains("line 1:");
        Files.move(file, directory.resolve(AuditChain.fileName(11)));
        assertThat(fault()).contains("what was before it is gone");
    }

    @Test
    void lines_that_could_not_be_written_are_counted_in_the_next_one() throws IOException {
        byte[] whole = Files.readAllBytes(file);
        try (AuditLog log = AuditLog.open(directory, Clock.systemUTC(), key)) {
            Files.delete(file);
            Files.createDirectory(file);
            log.did("job_submitted", "key-000000000000", Map.of("job_id", "pool-x"));
            assertTimeoutPreemptively(PATIENCE, () -> {
                while (!log.isBroken()) {
                    Thread.onSpinWait();
                }
            });
            Files.delete(file);
            Files.write(file, whole);
        }
        List<String> added = lines().subList(LINES, LINES + 1);
        assertThat(added).allMatch(line -> line.contains("lines_lost") && line.contains("\"count\":1,"));
        assertThat(fault()).isEqualTo("null");
    }

    @Test
    void an_end_that_is_cut_off_is_found_though_every_line_fits() throws IOException {
        List<String> whole = lines();
        save(whole.subList(0, LINES - 1));
        assertThat(AuditCheck.ofFile(file).fault()).isNull();
        assertThat(fault()).contains("the end is cut off").contains(Integer.toString(LINES));
        Files.delete(file);
        assertThat(fault()).contains("the end is cut off");
    }

    @Test
    void a_log_that_was_written_anew_by_somebody_else_is_not_this_brokers() throws IOException {
        Files.delete(file);
        Files.delete(directory.resolve(AuditChain.HEAD_FILE));
        try (AuditLog forged = AuditLog.open(directory, Clock.systemUTC(), NodeKey.generate())) {
            forged.did("nothing", "nobody", Map.of());
        }
        assertThat(fault()).contains("not this broker's");
        Files.delete(directory.resolve(AuditChain.HEAD_FILE));
        assertThat(fault()).contains("never signed");
    }

    @Test
    void a_line_that_a_crash_left_half_written_is_cut_and_the_chain_goes_on() throws IOException {
        Files.writeString(file, Files.readString(file) + "{\"n\": 31, \"ev");
        write(LINES, LINES + 1);
        assertThat(fault()).isEqualTo("null");
        assertThat(lines()).hasSize(LINES + 1);
    }

    @Test
    void refusals_are_counted_and_not_listed() throws IOException {
        try (AuditLog log = AuditLog.open(directory, Clock.systemUTC(), key)) {
            for (int times = 0; times < 5_000; times++) {
                log.refused("key_invalid", "192.0.2." + times % 3);
            }
        }
        List<String> counted = lines().subList(LINES, lines().size());
        assertThat(counted).hasSize(3).allMatch(line -> line.contains("key_invalid"));
        assertThat(fault()).isEqualTo("null");
    }
}
