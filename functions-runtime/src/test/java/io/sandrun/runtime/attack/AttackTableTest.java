package io.sandrun.runtime.attack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sandrun.runtime.Outcome;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AttackTableTest {
    private static final String HEADING = "group files -- what must not be";

    @Test
    void there_are_many_attacks_of_every_kind() {
        List<Attack> attacks = AttackTable.attacks();
        assertThat(attacks).hasSizeGreaterThan(100);
        assertThat(attacks.stream().map(Attack::group).distinct())
                .contains(
                        "files",
                        "mounts",
                        "network",
                        "processes",
                        "privileges",
                        "kernel",
                        "resources",
                        "remains",
                        "outputs",
                        "archives");
    }

    @Test
    void the_page_uses_all_that_the_program_can_do_and_nothing_else(@TempDir Path directory) throws Exception {
        Path program = Files.write(directory.resolve("attack"), AttackProgram.bytes());
        Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwx------"));
        Process list = new ProcessBuilder(program.toString(), "list").start();
        Set<String> offered = new TreeSet<>(new String(list.getInputStream().readAllBytes(), StandardCharsets.UTF_8)
                .lines()
                .toList());
        Set<String> used = new TreeSet<>();
        AttackTable.attacks()
                .forEach(attack -> attack.steps()
                        .forEach(step -> used.add(AttackArchives.command(step).get(0))));
        assertThat(used).isEqualTo(offered);
    }

    @Test
    void the_page_uses_every_archive() {
        Set<String> used = new TreeSet<>();
        AttackTable.attacks()
                .forEach(attack -> attack.steps().stream()
                        .filter(step -> step.get(0).equals("with"))
                        .forEach(step -> used.add(step.get(1))));
        assertThat(used).isEqualTo(AttackArchives.names());
    }

    @Test
    void a_line_becomes_an_attack() {
        Attack attack = AttackTable.parse(List.of(
                        "# a comment",
                        HEADING,
                        "name | leave a then find {b} | ends timed_out cpu 2 | scratch | try it"))
                .get(0);
        assertThat(attack)
                .isEqualTo(new Attack(
                        "files",
                        "name",
                        List.of(List.of("leave", "a"), List.of("find", "{b}")),
                        new Expectation.Ends(Outcome.TIMED_OUT, Expectation.AMPLE, Duration.ofSeconds(2), false),
                        Attack.Proof.SCRATCH,
                        "try it"));
    }

    @Test
    void what_is_not_understood_is_named_with_its_line() {
        assertThatThrownBy(() -> AttackTable.parse(List.of(HEADING, "name | do it | refused | plain")))
                .hasMessageContaining("line 2");
        assertThatThrownBy(() -> AttackTable.parse(List.of(HEADING, "name | do it | welcomed | plain | try")))
                .hasMessageContaining("no such expectation: welcomed");
        String twice = "name | do it | refused | plain | try";
        assertThatThrownBy(() -> AttackTable.parse(List.of(HEADING, twice, twice)))
                .hasMessageContaining("line 3")
                .hasMessageContaining("twice");
    }
}
