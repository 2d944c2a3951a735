package io.sandrun.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Completion as real shells do it. */
class CompletionTest {
    private static final long PATIENCE_SECONDS = 60;

    @TempDir
    static Path directory;

    private static Path script;

    @BeforeAll
    static void print() throws Exception {
        var printed = SandrunProcess.run(Map.of(), "", "completion", "bash");
        assertThat(printed.exitCode()).as(printed.errors()).isZero();
        script = Files.writeString(directory.resolve("sandrun.bash"), printed.output());
    }

    private static String shell(String... command) throws Exception {
        Process shell = new ProcessBuilder(command)
                .directory(directory.toFile())
                .redirectErrorStream(true)
                .start();
        String said = new String(shell.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(shell.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)).isTrue();
        assertThat(shell.exitValue()).as(said).isZero();
        return said;
    }

    /** What bash offers behind these words, of which the last may be a beginning. */
    private static List<String> offered(String... words) throws Exception {
        StringBuilder quoted = new StringBuilder();
        for (String word : words) {
            quoted.append(" '").append(word).append('\'');
        }
        return shell("bash", "--noprofile", "--norc", "-c", """
                source ./sandrun.bash
                COMP_WORDS=(%s)
                COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
                COMP_LINE="${COMP_WORDS[*]}"
                COMP_POINT=${#COMP_LINE}
                $(complete -p sandrun | sed 's/.*-F \\([^ ]*\\) .*/\\1/') 2>errors
                printf '%%s\\n' "${COMPREPLY[@]}"
                """.formatted(quoted))
                .lines()
                .map(String::strip)
                .toList();
    }

    @Test
    void bash_takes_the_script_and_offers_commands_options_and_values() throws Exception {
        shell("bash", "-n", script.toString());
        assertThat(offered("sandrun", "")).contains("run", "map", "top", "mcp", "completion");
        assertThat(offered("sandrun", "comp")).containsExactly("completion");
        assertThat(offered("sandrun", "run", "--mem")).containsExactly("--memory-mb");
        assertThat(offered("sandrun", "key", "")).contains("create", "revoke");
        assertThat(offered("sandrun", "key", "create", "--ro")).containsExactly("--role");
    }

    @Test
    void zsh_takes_it_too() throws Exception {
        Shell.assumeHas("zsh");
        assertThat(shell("zsh", "-f", "-c", "source ./sandrun.bash && print ${+_comps[sandrun]}")
                        .strip())
                .isEqualTo("1");
    }
}
