package io.sandrun.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;
import picocli.CommandLine.Command;

/** The list of commands, of which each process makes the one that it was asked for. */
class OneCommandTest {
    @Test
    void each_command_is_listed_under_its_own_name() {
        assertThat(Sandrun.COMMANDS)
                .hasSizeGreaterThan(20)
                .allSatisfy(listed -> assertThat(
                                listed.getValue().getAnnotation(Command.class).name())
                        .isEqualTo(listed.getKey()));
    }

    @Test
    void whoever_names_no_command_is_told_of_all() throws Exception {
        for (String[] asking : new String[][] {{"--help"}, {"help"}}) {
            var ended = SandrunProcess.run(Map.of(), "", asking);
            assertThat(ended.exitCode()).isZero();
            assertThat(ended.output())
                    .contains(Sandrun.COMMANDS.stream().map(Map.Entry::getKey).toList());
        }
        assertThat(SandrunProcess.run(Map.of(), "", "help", "run").output()).contains("sandrun run", "--timeout");
        assertThat(SandrunProcess.run(Map.of(), "", "statsu").errors())
                .contains("'statsu'")
                .hasLineCount(1);
        assertThat(SandrunProcess.run(Map.of(), "", "run", "--help").output()).contains("Usage: sandrun run ");
    }
}
