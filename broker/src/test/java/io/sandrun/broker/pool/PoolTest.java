package io.sandrun.broker.pool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sandrun.protocol.identity.NodeKey;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The list of a trusted pool, read again and again. */
class PoolTest {
    @TempDir
    private Path directory;

    private final String one = NodeKey.generate().workerId();
    private final String two = NodeKey.generate().workerId();

    private Path write(String text) throws IOException {
        return Files.writeString(directory.resolve("workers.json"), text);
    }

    private static String entry(String workerId) {
        return "{\"worker_id\": \"" + workerId + "\"}";
    }

    @Test
    void an_open_pool_takes_everyone_and_bounds_nobody() throws Exception {
        Pool open = Pool.of(Optional.empty());
        assertThat(open.isTrusted()).isFalse();
        assertThat(open.admits(one)).isTrue();
        assertThat(open.admits(null)).isTrue();
        assertThat(open.maxConcurrentJobs(one)).isEmpty();
        assertThat(open.reread()).isEmpty();
    }

    @Test
    void a_trusted_one_takes_keys_of_its_list_with_four_jobs_where_it_does_not_say() throws Exception {
        Pool pool = Pool.of(Optional.of(write("[" + entry(one) + "]")));
        assertThat(pool.admits(one)).isTrue();
        assertThat(pool.admits(two)).isFalse();
        assertThat(pool.admits(null)).isFalse();
        assertThat(pool.maxConcurrentJobs(one)).hasValue(4);
        assertThat(pool.maxConcurrentJobs(two)).isEmpty();
    }

    @Test
    void a_reading_tells_who_is_gone_and_one_that_finds_the_same_tells_nothing() throws Exception {
        Pool pool = Pool.of(Optional.of(write("[" + entry(one) + "," + entry(two) + "]")));
        write("[" + entry(one) + ",\n" + entry(two) + "]\n");
        assertThat(pool.reread()).isEmpty();
        write("[" + entry(two) + "]");
        assertThat(pool.reread()).contains(Set.of(one));
        assertThat(pool.admits(one)).isFalse();
        write("[]");
        assertThat(pool.reread()).contains(Set.of(two));
        assertThat(pool.workers()).isEmpty();
    }

    @Test
    void what_cannot_be_taken_leaves_the_list_as_it_was() throws Exception {
        Pool pool = Pool.of(Optional.of(write("[" + entry(one) + "]")));
        for (String bad : new String[] {"", "[" + entry(two), "[" + entry(two) + ", 7]", "{}", "null"}) {
            write(bad);
            assertThatThrownBy(pool::reread).as(bad).isInstanceOf(WorkerListException.class);
            assertThat(pool.admits(one)).isTrue();
            assertThat(pool.admits(two)).isFalse();
        }
        Files.delete(directory.resolve("workers.json"));
        assertThatThrownBy(pool::reread).hasMessageContaining("is not there");
        assertThat(pool.admits(one)).isTrue();
    }

    @Test
    void what_has_no_end_or_is_huge_is_not_read_into_memory() throws Exception {
        Pool pool = Pool.of(Optional.of(write("[" + entry(one) + "]")));
        Path file = directory.resolve("workers.json");
        Files.delete(file);
        Files.createSymbolicLink(file, Path.of("/dev/zero"));
        assertThatThrownBy(pool::reread).hasMessageContaining("is no file");
        Files.delete(file);
        try (RandomAccessFile sparse = new RandomAccessFile(file.toFile(), "rw")) {
            sparse.setLength(1L << 40);
        }
        assertThatThrownBy(pool::reread).hasMessageContaining("more than");
        assertThat(pool.admits(one)).isTrue();
    }
}
