package io.sandrun.runtime.pattern;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.List;
import java.util.regex.Pattern;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.CharRange;
import net.jqwik.api.constraints.Chars;
import net.jqwik.api.constraints.NotEmpty;
import net.jqwik.api.constraints.Size;
import net.jqwik.api.constraints.StringLength;
import org.junit.jupiter.api.Assertions;

/** What each form of a pattern wishes for. */
class OutputPatternTest {
    private static boolean matches(String pattern, String path) {
        return OutputPattern.parse(pattern).matches(List.of(path.split("/", -1)));
    }

    private static boolean mayLieIn(String pattern, String directory) {
        return OutputPattern.parse(pattern).mayLieIn(List.of(directory.split("/", -1)));
    }

    @Example
    void a_plain_path_is_that_file_or_all_of_that_folder() {
        assertThat(matches("report.txt", "report.txt")).isTrue();
        assertThat(matches("report.txt", "sub/report.txt")).isFalse();
        assertThat(matches("./report.txt", "report.txt")).isTrue();
        for (String folder : new String[] {"plots", "plots/", "./plots//"}) {
            assertThat(matches(folder, "plots/a.png")).isTrue();
            assertThat(matches(folder, "plots/deep/b")).isTrue();
            assertThat(matches(folder, "plotsalike/a")).isFalse();
            assertThat(matches(folder, "x/plots/a")).isFalse();
        }
        assertThat(matches("output/stats.json", "output/stats.json")).isTrue();
        assertThat(matches(".", "any/where")).isTrue();
    }

    @Example
    void a_wildcard_without_a_folder_is_a_name_anywhere() {
        assertThat(matches("*.png", "a.png")).isTrue();
        assertThat(matches("*.png", "x/y/a.png")).isTrue();
        assertThat(matches("*.png", "a.png/b")).isFalse();
        assertThat(matches("*", "x/y/z")).isTrue();
        assertThat(matches("ros?.txt", "rosé.txt")).isTrue();
        assertThat(matches("?.txt", "\ud83d\ude00.txt")).isTrue();
    }

    @Example
    void a_wildcard_with_a_folder_counts_from_the_root() {
        assertThat(matches("logs/*.log", "logs/a.log")).isTrue();
        assertThat(matches("logs/*.log", "logs/deep/a.log")).isFalse();
        assertThat(matches("logs/*.log", "x/logs/a.log")).isFalse();
        assertThat(matches("logs/**/*.log", "logs/a.log")).isTrue();
        assertThat(matches("logs/**/*.log", "logs/x/y/a.log")).isTrue();
        assertThat(matches("run-*/", "run-1/x/y")).isTrue();
        assertThat(matches("**/x/*", "a/b/x/c")).isTrue();
        assertThat(matches("[ab].txt", "a.txt")).isFalse();
        assertThat(matches("[ab].txt", "[ab].txt")).isTrue();
    }

    @Example
    void folders_that_nothing_can_come_from_are_not_entered() {
        assertThat(mayLieIn("out/stats/x.json", "out")).isTrue();
        assertThat(mayLieIn("out/stats/x.json", "out/stats")).isTrue();
        assertThat(mayLieIn("out/", "out/a/b")).isTrue();
        assertThat(mayLieIn("out/", "node_modules")).isFalse();
        assertThat(mayLieIn("logs/*.log", "logs")).isTrue();
        assertThat(mayLieIn("logs/*.log", "logs/deep")).isFalse();
        assertThat(mayLieIn("logs/**/x", "logs/a/b")).isTrue();
        assertThat(mayLieIn("*.png", "any/where")).isTrue();
    }

    @Example
    void patterns_that_are_none_are_refused_with_a_sentence() {
        String[] absurd = {
            "", "/etc/passwd", "../x", "a/../../b", "a\0b", "a\nb", "x".repeat(1025), "n".repeat(256), "a\\b"
        };
        for (String pattern : absurd) {
            assertThatThrownBy(() -> OutputPattern.parse(pattern))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("output pattern")
                    .hasMessageEndingWith(".");
        }
        assertThatThrownBy(() -> OutputPatterns.parse(java.util.Collections.nCopies(101, "x")))
                .hasMessageContaining("more than 100");
    }

    @Example
    void a_pattern_of_many_stars_takes_no_long_time() {
        String stars = "*a".repeat(120) + "*b";
        String path = "a".repeat(255);
        Assertions.assertTimeout(Duration.ofSeconds(5), () -> {
            for (int round = 0; round < 1000; round++) {
                assertThat(matches(stars, path)).isFalse();
                assertThat(matches("x/" + "**/a/".repeat(60) + "b", "x/" + "a/".repeat(200) + "c"))
                        .isFalse();
            }
        });
    }

    /** The same language, told by a regular expression. */
    @Property(tries = 5000)
    void a_pattern_matches_what_its_regular_expression_matches(
            @ForAll @NotEmpty @Size(max = 4)
                    List<@Chars({'a', 'b', '*', '?'}) @StringLength(min = 1, max = 4) String> pattern,
            @ForAll @NotEmpty @Size(max = 5)
                    List<@CharRange(from = 'a', to = 'b') @StringLength(min = 1, max = 4) String> path) {
        String text = String.join("/", pattern);
        String full = String.join("/", path);
        boolean expected = expression(pattern)
                .matcher(isAnchored(pattern) ? "/" + full : full)
                .matches();
        OutputPattern parsed = OutputPattern.parse(text);
        assertThat(parsed.matches(path)).as("%s on %s", text, path).isEqualTo(expected);
        if (expected) {
            for (int depth = 1; depth < path.size(); depth++) {
                assertThat(parsed.mayLieIn(path.subList(0, depth))).isTrue();
            }
        }
    }

    private static boolean isAnchored(List<String> parts) {
        return parts.size() > 1 && parts.stream().anyMatch(part -> part.matches(".*[*?].*"));
    }

    private static Pattern expression(List<String> parts) {
        String text = String.join("/", parts);
        boolean isPlain = text.indexOf('*') < 0 && text.indexOf('?') < 0;
        if (isPlain) {
            return Pattern.compile(text + "(/.*)?");
        }
        if (parts.size() == 1) {
            return Pattern.compile("(.*/)?" + expressionOf(text));
        }
        StringBuilder expression = new StringBuilder();
        for (String part : parts) {
            expression.append(part.equals("**") ? "(/[^/]+)*" : "/" + expressionOf(part));
        }
        return Pattern.compile(expression.toString());
    }

    private static String expressionOf(String part) {
        return part.replaceAll("\\*+", "[^/]*").replace("?", "[^/]");
    }
}
