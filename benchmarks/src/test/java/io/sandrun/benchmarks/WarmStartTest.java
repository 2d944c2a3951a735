package io.sandrun.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The short form, for what it measures and not for how fast: that is {@code benchmarks/run warm-start}. */
class WarmStartTest {
    @Test
    @Timeout(180)
    void every_way_of_starting_is_measured() throws Exception {
        assumeTrue(Files.isExecutable(Path.of("/usr/bin/python3")), "/usr/bin/python3 is not installed");
        ByteArrayOutputStream printed = new ByteArrayOutputStream();
        WarmStart.run(new PrintStream(printed, true, StandardCharsets.UTF_8), 5, 3, 50);
        assertThat(printed.toString(StandardCharsets.UTF_8))
                .contains("hello, 5 rounds")
                .containsPattern("warm +[0-9.]+ +[0-9.]+ +[0-9.]+")
                .contains("2 at a time, warm");
    }
}
