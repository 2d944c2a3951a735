package io.sandrun.benchmarks.projects;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The short form, its heaps as small against the files as in {@code benchmarks/run big-projects}. */
class BigProjectsTest {
    @Test
    @Timeout(240)
    void files_larger_than_both_heaps_go_in_and_out_unchanged() throws Exception {
        ByteArrayOutputStream printed = new ByteArrayOutputStream();
        boolean asExpected = BigProjects.run(new PrintStream(printed, true, StandardCharsets.UTF_8), 160, 64);
        String text = printed.toString(StandardCharsets.UTF_8);
        assertThat(asExpected).as(text).isTrue();
        assertThat(text).contains("x copy").contains("broker at most").contains("node at most");
    }
}
