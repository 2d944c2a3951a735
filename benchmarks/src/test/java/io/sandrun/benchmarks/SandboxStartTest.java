package io.sandrun.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The short form, for what it measures and not for how fast: that is {@code benchmarks/run sandbox-start}. */
class SandboxStartTest {
    private static final Pattern RATIO = Pattern.compile("overhead of sandrun / overhead of bubblewrap: ([0-9.]+)");

    @Test
    @Timeout(180)
    void every_way_of_starting_is_measured_and_ours_is_not_the_dearest() throws Exception {
        assumeTrue(Bubblewrap.version().isPresent(), "bubblewrap is not installed (Debian package bubblewrap)");
        ByteArrayOutputStream printed = new ByteArrayOutputStream();
        SandboxStart.run(new PrintStream(printed, true, StandardCharsets.UTF_8), 20, 50, 50);
        String text = printed.toString(StandardCharsets.UTF_8);
        assertThat(text)
                .contains("seccomp")
                .contains("/usr/bin/true, 20 rounds")
                .contains("2 at a time, sandrun");
        Matcher ratio = RATIO.matcher(text);
        assertThat(ratio.find()).as(text).isTrue();
        assertThat(Double.parseDouble(ratio.group(1))).as(text).isBetween(0.01, 1.0);
    }
}
