package io.sandrun.broker.artifact;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sandrun.broker.Refusal;
import io.sandrun.protocol.ErrorCode;
import io.sandrun.protocol.Limits;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ArtifactStoreTest {
    /** By sha256sum. */
    private static final String SHA256_OF_HELLO = "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824";

    private static final long ENOUGH = 1 << 20;

    @TempDir
    private Path directory;

    private ArtifactStore store;

    @BeforeEach
    void open() {
        store = ArtifactStore.open(directory, 0);
    }

    private static Artifact keep(Hold hold, String text) {
        try (Incoming incoming = hold.receive(ENOUGH)) {
            incoming.copy(new ByteArrayInputStream(text.getBytes(UTF_8)));
            return incoming.keep();
        }
    }

    private Optional<String> text(String sha256) throws IOException {
        Optional<InputStream> opened = store.open(sha256, 0);
        if (opened.isEmpty()) {
            return Optional.empty();
        }
        try (InputStream in = opened.get()) {
            return Optional.of(new String(in.readAllBytes(), UTF_8));
        }
    }

    private List<Path> files() throws IOException {
        try (Stream<Path> all = Files.walk(directory)) {
            return all.filter(Files::isRegularFile).toList();
        }
    }

    private static ErrorCode refusal(Runnable use) {
        try {
            use.run();
        } catch (Refusal refusal) {
            return refusal.code();
        }
        throw new AssertionError("nothing was refused");
    }

    @Test
    void what_is_kept_is_there_under_its_digest_and_is_read_from_any_place() throws IOException {
        try (Hold hold = store.hold()) {
            assertThat(keep(hold, "hello")).isEqualTo(new Artifact(SHA256_OF_HELLO, 5));
            assertThat(text(SHA256_OF_HELLO)).contains("hello");
            try (InputStream in = store.open(SHA256_OF_HELLO, 3).orElseThrow()) {
                assertThat(in.readAllBytes()).asString(UTF_8).isEqualTo("lo");
            }
            assertThat(directory.resolve("2c/f2").resolve(SHA256_OF_HELLO)).isRegularFile();
            assertThat(store.open("0".repeat(64), 0)).isEmpty();
        }
    }

    @Test
    void the_same_bytes_are_stored_once_however_often_they_come() throws IOException {
        try (Hold hold = store.hold()) {
            for (int time = 0; time < 9; time++) {
                keep(hold, "hello");
            }
            assertThat(files()).hasSize(1);
        }
    }

    @Test
    void an_empty_file_is_an_artifact() throws IOException {
        try (Hold hold = store.hold()) {
            assertThat(text(keep(hold, "").sha256())).contains("");
        }
    }

    @Test
    void what_is_not_kept_leaves_nothing_behind() throws IOException {
        try (Hold hold = store.hold()) {
            try (Incoming incoming = hold.receive(ENOUGH)) {
                incoming.write("half".getBytes(UTF_8));
            }
            assertThat(files()).isEmpty();
        }
    }

    @Test
    void one_byte_too_many_is_refused_and_nothing_is_kept() throws IOException {
        try (Hold hold = store.hold();
                Incoming incoming = hold.receive(5)) {
            incoming.write("hello".getBytes(UTF_8));
            assertThat(refusal(() -> incoming.write('!'))).isEqualTo(ErrorCode.BODY_TOO_LARGE);
            assertThat(incoming.sizeBytes()).isEqualTo(5);
        }
        assertThat(files()).isEmpty();
    }

    @Test
    void a_body_that_breaks_off_is_the_senders_fault() throws IOException {
        InputStream broken = InputStream.nullInputStream();
        broken.close();
        try (Hold hold = store.hold();
                Incoming incoming = hold.receive(ENOUGH)) {
            assertThat(refusal(() -> incoming.copy(broken))).isEqualTo(ErrorCode.MALFORMED_REQUEST);
        }
    }

    @Test
    void a_full_disk_takes_no_more_and_still_gives_what_it_has() throws IOException {
        try (Hold hold = store.hold()) {
            keep(hold, "hello");
        }
        store = ArtifactStore.open(directory, Long.MAX_VALUE);
        try (Hold hold = store.hold()) {
            assertThat(refusal(() -> hold.receive(ENOUGH))).isEqualTo(ErrorCode.DISK_FULL);
        }
        assertThat(text(SHA256_OF_HELLO)).contains("hello");
    }

    @Test
    void no_more_are_received_at_once_than_there_are_threads_for() {
        try (Hold hold = store.hold()) {
            List<Incoming> open = new ArrayList<>();
            for (int number = 0; number < Limits.TRANSFERS; number++) {
                open.add(hold.receive(ENOUGH));
            }
            assertThat(refusal(() -> hold.receive(ENOUGH))).isEqualTo(ErrorCode.RATE_LIMITED);
            open.get(0).close();
            open.get(0).close();
            open.add(hold.receive(ENOUGH));
            assertThat(refusal(() -> hold.receive(ENOUGH))).isEqualTo(ErrorCode.RATE_LIMITED);
            open.forEach(Incoming::close);
        }
    }

    @Test
    void a_start_removes_what_a_crash_has_left_half_done() throws IOException {
        Incoming crashed = store.hold().receive(ENOUGH);
        crashed.write("half".getBytes(UTF_8));
        assertThat(files()).hasSize(1);
        store = ArtifactStore.open(directory, 0);
        assertThat(files()).isEmpty();
        crashed.close();
    }

    @Test
    void a_damaged_file_is_replaced_when_its_bytes_come_again() throws IOException {
        try (Hold hold = store.hold()) {
            keep(hold, "hello");
            Files.writeString(directory.resolve("2c/f2").resolve(SHA256_OF_HELLO), "hell");
            keep(hold, "hello");
            assertThat(text(SHA256_OF_HELLO)).contains("hello");
        }
    }

    @Test
    void what_is_condemned_is_deleted_unless_it_is_held() throws IOException {
        Hold hold = store.hold();
        String held = keep(hold, "held").sha256();
        String free = keep(store.hold(), "free").sha256();
        store.release(List.of(free));
        store.condemn(List.of(held, free));
        assertThat(store.deleteCondemned()).isEqualTo(1);
        assertThat(text(held)).contains("held");
        assertThat(text(free)).isEmpty();

        hold.close();
        hold.close();
        assertThat(store.takeReleased()).containsExactlyInAnyOrder(held, free);
        store.condemn(List.of(held));
        assertThat(store.deleteCondemned()).isEqualTo(1);
        assertThat(text(held)).isEmpty();
    }

    @Test
    void whoever_takes_a_condemned_artifact_reprieves_it() throws IOException {
        try (Hold first = store.hold()) {
            keep(first, "hello");
        }
        store.condemn(List.of(SHA256_OF_HELLO));
        try (Hold again = store.hold()) {
            assertThat(again.take(SHA256_OF_HELLO)).isTrue();
            assertThat(again.take("0".repeat(64))).isFalse();
            assertThat(again.has(SHA256_OF_HELLO)).isTrue();
        }
        assertThat(store.deleteCondemned()).isZero();
        assertThat(text(SHA256_OF_HELLO)).contains("hello");
    }

    @Test
    void an_open_artifact_is_read_to_its_end_though_it_is_deleted() throws IOException {
        try (Hold hold = store.hold()) {
            keep(hold, "hello");
        }
        try (InputStream in = store.open(SHA256_OF_HELLO, 0).orElseThrow()) {
            store.condemn(List.of(SHA256_OF_HELLO));
            assertThat(store.deleteCondemned()).isEqualTo(1);
            assertThat(files()).isEmpty();
            assertThat(in.readAllBytes()).asString(UTF_8).isEqualTo("hello");
        }
    }

    @Test
    void a_closed_hold_holds_nothing_more() {
        Hold hold = store.hold();
        Incoming late = hold.receive(ENOUGH);
        hold.close();
        assertThatThrownBy(late::keep).isInstanceOf(IllegalStateException.class);
        assertThat(hold.has(SHA256_OF_HELLO)).isFalse();
    }
}
