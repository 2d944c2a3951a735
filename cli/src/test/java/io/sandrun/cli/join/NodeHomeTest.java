package io.sandrun.cli.join;

import static java.nio.charset.StandardCharsets.UTF_8;
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

    @Test
    void a_service_can_read_what_it_is_told_to_read() throws Exception {
        NodeHome packaged = NodeHome.ofPackage();
        assertThat(packaged.sees(Path.of("/etc/sandrun/policy.json"))).isTrue();
        assertThat(packaged.sees(Path.of("/home/ann/policy.json"))).isFalse();
        assertThat(packaged.sees(Path.of("/root/policy.json"))).isFalse();
        assertThat(home("active").sees(Path.of("/home/ann/policy.json"))).isTrue();
    }

    @Test
    void the_longest_drain_ends_before_the_service_is_killed() throws Exception {
        String limit =
                "\nTimeoutStopSec=" + NodeHome.STOP_PATIENCE.plusMinutes(1).toSeconds() + "\n";
        assertThat(Files.readString(Path.of("src/dist/systemd/sandrun-node.service")))
                .contains(limit);
        try (var unit = NodeHome.class.getResourceAsStream(NodeHome.SERVICE)) {
            assertThat(new String(unit.readAllBytes(), UTF_8)).contains(limit);
        }
    }

    @Test
    void a_secret_stays_while_the_options_name_it() throws IOException {
        NodeSettings settings = new NodeSettings(directory.resolve("a folder"), Optional.empty());
        settings.forgetUnnamed();
        Path old = settings.secret("old", "1");
        settings.keep(List.of("--api-key-file", old.toString(), "--no-installs"));
        Path refused = settings.secret("new", "2");
        Path interrupted = Files.writeString(settings.folder().resolve(refused.getFileName() + "123"), "2");
        settings.forgetUnnamed();
        assertThat(old).exists();
        assertThat(refused).doesNotExist();
        assertThat(interrupted).doesNotExist();
        settings.keep(List.of("--no-installs"));
        assertThat(old).doesNotExist();
        assertThat(settings.options()).exists();
    }

    /** The folder may be where a broker's owner keeps a key, or where the node's lay before it joined. */
    @Test
    void what_somebody_else_keeps_in_the_folder_stays() throws IOException {
        NodeSettings settings = new NodeSettings(directory, Optional.empty());
        List<Path> others = List.of(directory.resolve("broker.key"), directory.resolve("company.ca"));
        for (Path other : others) {
            Files.writeString(other, "of somebody else");
        }
        settings.forgetUnnamed();
        settings.keep(List.of("--no-installs"));
        assertThat(others).allMatch(Files::exists);
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
