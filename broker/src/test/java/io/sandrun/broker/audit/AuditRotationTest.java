package io.sandrun.broker.audit;

import static org.assertj.core.api.Assertions.assertThat;

import io.sandrun.broker.AuditFinding;
import io.sandrun.broker.BrokerUnderTest;
import io.sandrun.protocol.identity.NodeKey;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The chain goes on across the files of a log, of which the oldest are deleted. */
class AuditRotationTest {
    /** Every file is full with the first thing that is written to it. */
    private static final long ONE_LINE = 1;

    private static final long SOME_LINES = 1_000;

    @TempDir
    private Path directory;

    private final NodeKey key = NodeKey.generate();

    private AuditLog open(long fileBytes) {
        return AuditLog.open(directory, Clock.systemUTC(), key, fileBytes);
    }

    /** Each line is written before the next one comes, as those of a quiet broker are. */
    private void write(AuditLog log, int lines) {
        for (int line = 0; line < lines; line++) {
            long before = signed();
            log.did("job_submitted", "key-000000000000", Map.of("job_id", "pool-" + before));
            BrokerUnderTest.await(() -> signed() > before);
        }
    }

    /** The number of the last line that is on the disk and signed. */
    private long signed() {
        Path head = directory.resolve(AuditChain.HEAD_FILE);
        try {
            return Files.exists(head)
                    ? AuditChain.parse(Files.readString(head)).path("n").asLong()
                    : 0;
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    private List<Path> files() throws IOException {
        return AuditChain.files(directory);
    }

    private AuditFinding check() throws IOException {
        return AuditCheck.ofLog(directory, key.workerId());
    }

    @Test
    void a_full_file_is_followed_by_one_that_is_named_after_its_first_line() throws IOException {
        try (AuditLog log = open(SOME_LINES)) {
            write(log, 20);
        }
        assertThat(files()).hasSizeBetween(3, 10);
        for (Path file : files()) {
            long first =
                    AuditChain.parse(Files.readAllLines(file).get(0)).path("n").asLong();
            assertThat(file).hasFileName(AuditChain.fileName(first));
            assertThat(AuditCheck.ofFile(file).fault()).isNull();
        }
        assertThat(check()).isEqualTo(new AuditFinding(20, null));
    }

    @Test
    void a_restart_goes_on_in_the_file_that_is_not_full_and_else_in_another() throws IOException {
        for (int start = 0; start < 3; start++) {
            try (AuditLog log = open(ONE_LINE)) {
                write(log, 2);
            }
        }
        assertThat(files()).hasSize(6);
        try (AuditLog log = open(SOME_LINES)) {
            write(log, 1);
        }
        assertThat(files()).hasSize(6);
        assertThat(Files.readAllLines(files().get(5))).hasSize(2);
        assertThat(check()).isEqualTo(new AuditFinding(7, null));
    }

    @Test
    void what_is_changed_or_gone_is_named_in_whichever_file_it_is() throws IOException {
        try (AuditLog log = open(ONE_LINE)) {
            write(log, 5);
        }
        Path third = files().get(2);
        String whole = Files.readString(third);
        Files.writeString(third, whole.replace("pool-2", "pool-9"));
        assertThat(check().fault()).startsWith("audit-000000000004.jsonl, line 1:");
        Files.delete(third);
        assertThat(check().fault()).contains("audit-000000000004.jsonl").contains("3 should follow");
        Files.writeString(third, whole);
        assertThat(check().fault()).isNull();
        Files.delete(files().get(0));
        assertThat(check().fault()).contains("what was before it is gone");
    }

    @Test
    void of_many_files_the_oldest_go_and_what_is_left_is_whole() throws IOException {
        try (AuditLog log = open(ONE_LINE)) {
            write(log, AuditLog.FILES_MAX + 6);
        }
        assertThat(files()).hasSize(AuditLog.FILES_MAX);
        assertThat(files().get(0)).hasFileName(AuditChain.fileName(7));
        assertThat(check()).isEqualTo(new AuditFinding(AuditLog.FILES_MAX, null));
        try (AuditLog log = open(ONE_LINE)) {
            write(log, 1);
        }
        assertThat(files().get(0)).hasFileName(AuditChain.fileName(8));
        assertThat(check().fault()).isNull();
        // More than are ever deleted: then somebody else did it.
        Files.delete(files().get(0));
        Files.delete(files().get(0));
        assertThat(check().fault()).contains("what was before it is gone");
    }
}
