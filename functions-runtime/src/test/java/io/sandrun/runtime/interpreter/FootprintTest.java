package io.sandrun.runtime.interpreter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FootprintTest {
    @TempDir
    Path temporary;

    private Path home = Path.of("/");

    @BeforeEach
    void make_a_home() throws IOException {
        home = Files.createDirectories(temporary.toRealPath().resolve("people/me"));
    }

    @Test
    void what_lies_in_the_system_directories_needs_nothing_more() throws IOException {
        Footprint footprint = new Footprint(home);
        footprint.addPrefix(Path.of("/usr"));

        assertThat(footprint.addExecutable(Path.of("/usr/bin/env"))).isEqualTo(Path.of("/usr/bin/env"));
        assertThat(footprint.paths()).isEmpty();
    }

    @Test
    void a_version_in_the_home_is_shown_and_nothing_beside_it() throws IOException {
        Path program = program(home.resolve(".versions/3.1/bin/tool"));
        Footprint footprint = new Footprint(home);
        footprint.addPrefix(home.resolve(".versions/3.1"));

        assertThat(footprint.addExecutable(program)).isEqualTo(program);
        assertThat(footprint.paths()).containsExactly(home.resolve(".versions/3.1"));
    }

    @Test
    void a_linked_version_is_shown_under_both_names() throws IOException {
        program(home.resolve(".versions/3.1/bin/tool"));
        Path alias = Files.createSymbolicLink(home.resolve(".versions/3"), home.resolve(".versions/3.1"));
        Footprint footprint = new Footprint(home);
        footprint.addPrefix(alias);

        assertThat(footprint.addExecutable(alias.resolve("bin/tool"))).isEqualTo(alias.resolve("bin/tool"));
        assertThat(footprint.paths()).containsExactly(alias, home.resolve(".versions/3.1"));
    }

    @Test
    void a_program_in_a_private_bin_directory_is_shown_alone_by_its_real_name() throws IOException {
        for (String place : new String[] {"bin/tool", ".local/bin/tool", "tools/tool"}) {
            Path program = program(home.resolve(place));
            Path link = Files.createSymbolicLink(home.resolve("link" + place.replace('/', '-')), program);
            Footprint footprint = new Footprint(home);

            assertThat(footprint.addExecutable(link)).isEqualTo(program);
            assertThat(footprint.paths()).containsExactly(program);
        }
    }

    @Test
    void a_prefix_that_would_show_a_home_or_more_is_refused() throws IOException {
        Files.createDirectories(home.resolve(".local"));
        for (Path tooMuch : new Path[] {
            home,
            temporary.toRealPath().resolve("people"),
            home.resolve(".local"),
            temporary.toRealPath(),
            Path.of("/"),
            Path.of("/etc")
        }) {
            assertThatThrownBy(() -> new Footprint(home).addPrefix(tooMuch))
                    .as(tooMuch.toString())
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("more than an interpreter");
        }
    }

    @Test
    void targets_of_links_below_a_home_directory_are_shown_too() throws IOException {
        Path tool = Files.createDirectories(home.resolve("jdk/conf"));
        Path elsewhere = Files.writeString(temporary.toRealPath().resolve("settings"), "x");
        Files.createSymbolicLink(tool.resolve("settings"), elsewhere);
        Files.createSymbolicLink(tool.resolve("broken"), Path.of("/nowhere"));
        Files.createSymbolicLink(tool.resolve("system"), Path.of("/usr/bin"));
        Footprint footprint = new Footprint(home);
        footprint.addPrefix(home.resolve("jdk"));

        footprint.addLinkTargets(home.resolve("jdk"));

        assertThat(footprint.paths()).containsExactly(home.resolve("jdk"), elsewhere);
    }

    private static Path program(Path file) throws IOException {
        Files.createDirectories(Objects.requireNonNull(file.getParent()));
        return Files.writeString(file, "#!/bin/sh\n");
    }
}
