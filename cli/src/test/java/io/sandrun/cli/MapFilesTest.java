package io.sandrun.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sandrun.broker.Broker;
import io.sandrun.broker.BrokerConfig;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What {@code sandrun map} must not overwrite. */
class MapFilesTest {
    @TempDir
    Path directory;

    private final MapCommand map = new MapCommand();
    private Path rows;

    @BeforeEach
    void write() throws Exception {
        rows = Files.writeString(directory.resolve("rows.jsonl"), "1\n2");
        map.job.program = Files.writeString(directory.resolve("program.py"), "print(input())")
                .toString();
        map.job.args = List.of(rows.toString());
    }

    @Test
    void its_rows() throws Exception {
        map.target = directory.resolve(".").resolve("rows.jsonl");
        assertThatThrownBy(map::call).isInstanceOf(UsageException.class).hasMessageContaining("-o");
        map.target = null;
        map.job.args = List.of(rows.toString());
        map.state = rows;
        assertThatThrownBy(map::call).isInstanceOf(UsageException.class).hasMessageContaining("--state");
        assertThat(rows).hasContent("1\n2");
    }

    @Test
    void the_results_of_another_run_whose_state_is_there() throws Exception {
        Path results = Files.writeString(directory.resolve("results.jsonl"), "of the other\n");
        map.target = results;
        map.state = Files.writeString(directory.resolve("state"), "{\"run\":\"map-1\",\"plan\":{}}\n");
        assertRefused("another program, other options or other rows");
        assertThat(results).hasContent("of the other");
    }

    @Test
    void a_short_file_of_another_kind() throws Exception {
        map.state = Files.writeString(directory.resolve("state"), "a secret");
        assertRefused("is no state");
        assertThat(map.state).hasContent("a secret");
    }

    private void assertRefused(String why) throws Exception {
        try (Broker broker = Broker.start(
                BrokerConfig.builder(directory.resolve("broker")).port(0).build())) {
            map.broker.url = broker.url();
            assertThatThrownBy(map::call).isInstanceOf(UsageException.class).hasMessageContaining(why);
        }
    }
}
