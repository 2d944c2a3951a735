package io.sandrun.runtime;

import static io.sandrun.runtime.Guest.sh;
import static io.sandrun.runtime.Guest.text;
import static org.assertj.core.api.Assertions.assertThat;

import io.sandrun.runtime.layer.LayerLimits;
import io.sandrun.runtime.layer.TreeCopy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** What becomes of trees that programs leave in /work, harmless and hostile ones. Real sandboxes; again as nobody. */
class TreeCopyTest {
    private static final LayerLimits LIMITS = new LayerLimits(4L << 20, 200, 20);

    @RegisterExtension
    static final OpenSlots SLOTS = OpenSlots.of(1);

    @TempDir
    Path target;

    private TreeCopy copy(String script) {
        TreeCopy copy = new TreeCopy("tree", target, LIMITS);
        RunResult result = sh(script).harvest(copy).runIn(SLOTS.slot());
        assertThat(result.outcome())
                .as("%s %s", result.reason(), text(result.stderr()))
                .isEqualTo(Outcome.OK);
        return copy;
    }

    @Test
    void a_tree_keeps_its_contents_its_programs_and_its_own_links() throws Exception {
        TreeCopy copy = copy("""
                mkdir -p tree/.bin tree/a/b 'tree/söme space' && cd tree
                echo one > a/b/one; printf '#!/bin/sh\\necho run\\n' > a/run; chmod 4755 a/run; chmod 755 a/run
                ln -s ../a/run .bin/run; ln -s b a/also; ln a/b/one a/twin; : > 'söme space/empty'
                """);
        assertThat(copy.refusal()).isEmpty();
        assertThat(target.resolve("a/b/one")).hasContent("one\n");
        assertThat(target.resolve("a/twin")).hasContent("one\n");
        assertThat(Files.readSymbolicLink(target.resolve(".bin/run"))).hasToString("../a/run");
        assertThat(target.resolve("a/also/one")).hasContent("one\n");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(target.resolve("a/run"))))
                .isEqualTo("r-xr-xr-x");
        assertThat((int) Files.getAttribute(target.resolve("a/run"), "unix:mode") & 07000)
                .isZero();
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(target.resolve("a/b/one"))))
                .isEqualTo("r--r--r--");
        assertThat(copy.bytes()).isBetween(4096L, 100_000L);
    }

    @Test
    void what_was_never_made_is_an_empty_tree() {
        assertThat(copy("true").refusal()).isEmpty();
        assertThat(target).isEmptyDirectory();
    }

    @Test
    void trees_that_could_hurt_are_refused_by_name() {
        Map<String, String> hostile = Map.ofEntries(
                Map.entry("ln -s /etc/passwd tree/absolute", "'absolute' is a link that leads out"),
                Map.entry("mkdir tree/a; ln -s ../../etc tree/a/up", "'a/up' is a link that leads out"),
                Map.entry("ln -s . tree/here; ln -s here/../.. tree/behind", "'behind' is a link that leads out"),
                Map.entry("mkfifo tree/fifo", "'fifo' is no file, directory or link"),
                Map.entry("touch \"$(printf 'tree/new\\nline')\"", "contains a control character"),
                Map.entry("touch \"$(printf 'tree/\\377')\"", "is not UTF-8"),
                Map.entry("touch 'tree/back\\slash'", "contains a backslash"),
                Map.entry("truncate -s 5m tree/large", "larger than the 4194304 bytes"),
                Map.entry("cd tree; for i in $(seq 250); do : > $i; done", "more than 200 files"),
                Map.entry("cd tree; for i in $(seq 25); do mkdir d; cd d; done", "lies too deep"));
        hostile.forEach((script, reason) -> {
            TreeCopy copy = copy("mkdir tree; " + script);
            assertThat(copy.refusal()).as(script).get().asString().contains(reason);
        });
    }

    @Test
    void a_link_in_the_place_of_the_tree_is_not_followed() {
        assertThat(copy("ln -s /usr tree").refusal()).isPresent();
        assertThat(target).isEmptyDirectory();
        assertThat(copy("echo x > tree").refusal()).isPresent();
    }
}
