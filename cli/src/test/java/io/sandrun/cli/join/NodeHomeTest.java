package io.sandrun.cli.join;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;

class NodeHomeTest {
    @TempDir
    private Path directory;

    /** Before a service manager that says this state, and notes what it is told. */
    private NodeHome home(String state) throws IOException {
        Path manager = Files.writeString(directory.resolve("manager"), """
                #!/bin/sh
                echo "$@" >>'%s'
                case $* in
                  show*ActiveState*) echo %s ;;
                  *is-active*) [ %2$s = active ] ;;
                esac
                """.formatted(directory.resolve("told"), state));
        Files.setPosixFilePermissions(manager, PosixFilePermissions.fromString("rwx------"));
        NodeSettings settings = new NodeSettings(directory.resolve("settings"), Optional.empty());
        return new NodeHome(settings, List.of(manager.toString()), Optional.empty(), directory);
    }

    @ParameterizedTest
    @CsvSource({"active,true", "activating,true", "inactive,false", "failed,false"})
    void who_is_about_to_be_started_anew_is_stopped_too(String state, boolean isStopped) throws Exception {
        assertThat(home(state).stop()).isEqualTo(isStopped);
        String told = Files.readString(directory.resolve("told"));
        assertThat(told.contains("stop sandrun-node.service")).isEqualTo(isStopped);
    }

    @CommandLine.Command
    private static final class Options {
        @CommandLine.Option(names = "--label")
        private Map<String, String> labels = Map.of();

        @CommandLine.Option(names = "--no-installs")
        private boolean hasNoInstalls;
    }

    @Test
    void no_word_of_an_option_becomes_another_option() throws IOException {
        String value = "a \"b\"\n--no-installs\r# \\ 'c' $HOME";
        NodeSettings settings = new NodeSettings(directory, Optional.empty());
        settings.keep(List.of("--label", "k=" + value));
        Options options = new Options();
        new CommandLine(options).parseArgs("@" + settings.options());
        assertThat(options.labels).containsExactly(Map.entry("k", value));
        assertThat(options.hasNoInstalls).isFalse();
    }
}
