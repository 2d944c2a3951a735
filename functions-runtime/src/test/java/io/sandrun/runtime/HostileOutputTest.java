package io.sandrun.runtime;

import static io.sandrun.runtime.Guest.bash;
import static io.sandrun.runtime.Guest.python;
import static io.sandrun.runtime.Guest.sh;
import static io.sandrun.runtime.Guest.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.sandrun.runtime.linux.Ids;
import io.sandrun.runtime.output.LeftOut;
import io.sandrun.runtime.output.LeftOut.Reason;
import io.sandrun.runtime.output.OutputFile;
import io.sandrun.runtime.output.OutputLimits;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Jobs that leave behind what a collector may stumble over. Run again as nobody by UnprivilegedTest. */
class HostileOutputTest {
    private static final OutputLimits BOUNDS = new OutputLimits(50, 1 << 20, 4 << 20, 64, 5000, Duration.ofSeconds(20));

    @RegisterExtension
    static final OpenSlots SLOTS = OpenSlots.of(1);

    private final MemoryArtifacts artifacts = new MemoryArtifacts();

    @Test
    void a_job_that_swaps_files_for_links_until_its_end_gives_away_nothing() {
        String swap = "(while :; do ln -sfn /etc out; rm -rf out; mkdir out; echo mine > out/passwd;"
                + " rm -f f; ln -s /etc/passwd f; rm -f f; echo mine > f; done) 2>/dev/null & sleep 0.05";
        for (int round = 0; round < 20; round++) {
            RunResult result =
                    bash(swap).outputs(artifacts, BOUNDS, "out/", "f").runIn(SLOTS.slot());
            assertThat(result.outcome()).isEqualTo(Outcome.OK);
            for (OutputFile file : result.outputs().files()) {
                assertThat(artifacts.text(file.path())).isIn("mine\n", "");
            }
        }
    }

    @Test
    void thousands_of_links_to_one_file_are_one_file_too_many() {
        String links = "import os\nopen('f', 'w').write('x')\nfor i in range(4095): os.link('f', f'l{i:04}')";
        RunResult result = python(links)
                .room(64L << 20, 16, 32L << 20, 10_000)
                .outputs(artifacts, BOUNDS)
                .runIn(SLOTS.slot());
        assertThat(result.outcome()).as(text(result.stderr())).isEqualTo(Outcome.OK);
        assertThat(result.outputs().files()).isEmpty();
        assertThat(result.outputs().leftOutCount()).isEqualTo(4096);
        assertThat(result.outputs().leftOut()).hasSize(100).allMatch(left -> left.reason() == Reason.HARD_LINK);
    }

    @Test
    void a_tree_of_thousands_of_levels_is_left_at_the_depth_that_is_allowed() {
        String deep = "import os\nfor i in range(3000): os.mkdir('d'); os.chdir('d')\nopen('bottom', 'w')";
        RunResult result = python(deep)
                .room(64L << 20, 16, 32L << 20, 10_000)
                .outputs(artifacts, BOUNDS, "*")
                .runIn(SLOTS.slot());
        assertThat(result.outcome()).as(text(result.stderr())).isEqualTo(Outcome.OK);
        assertThat(result.outputs().files()).isEmpty();
        assertThat(result.outputs().leftOut()).extracting(LeftOut::reason).containsExactly(Reason.TOO_DEEP);
    }

    @Test
    void a_crowd_of_names_is_looked_at_as_far_as_is_allowed() {
        String wide = "for i in range(200):\n  import os; os.mkdir(f'd{i}')\n"
                + "  for j in range(100): open(f'd{i}/{\"n\" * 250}{j}', 'w')";
        RunResult result = python(wide)
                .room(64L << 20, 16, 64L << 20, 30_000)
                .outputs(artifacts, BOUNDS)
                .runIn(SLOTS.slot());
        assertThat(result.outcome()).as(text(result.stderr())).isEqualTo(Outcome.OK);
        assertThat(result.outputs().files()).hasSize(50);
        assertThat(result.outputs().leftOutCount()).isBetween(4000L, 5200L);
        assertThat(result.outputs().leftOut()).hasSize(100);
    }

    @Test
    void time_is_bounded() {
        OutputLimits hurried = new OutputLimits(50, 1 << 20, 4 << 20, 64, 5000, Duration.ofNanos(1));
        RunResult result =
                sh("echo x > x; echo y > y").outputs(artifacts, hurried).runIn(SLOTS.slot());
        assertThat(result.outcome()).isEqualTo(Outcome.OK);
        assertThat(result.outputs().files()).isEmpty();
        assertThat(result.outputs().leftOut()).extracting(LeftOut::reason).containsOnly(Reason.TIME_OVER);
    }

    @Test
    void what_its_owner_cannot_read_keeps_nobody_waiting() {
        RunResult result = sh("mkdir shut; echo in > shut/in; echo no > no; chmod 0 shut no; echo yes > yes")
                .outputs(artifacts, BOUNDS)
                .runIn(SLOTS.slot());
        assertThat(result.outcome()).isEqualTo(Outcome.OK);
        if (Ids.own().isRoot()) {
            assertThat(result.outputs().files()).extracting(OutputFile::path).containsExactly("no", "shut/in", "yes");
        } else {
            assertThat(result.outputs().files()).extracting(OutputFile::path).containsExactly("yes");
            assertThat(result.outputs().leftOut())
                    .extracting(LeftOut::name, LeftOut::reason)
                    .containsExactly(tuple("no", Reason.UNREADABLE), tuple("shut", Reason.UNREADABLE));
        }
    }

    @Test
    void a_hole_of_a_terabyte_is_refused_when_it_is_made() {
        RunResult result = sh("truncate -s 1T hole; ls -s hole; echo more > more")
                .outputs(artifacts, BOUNDS)
                .runIn(SLOTS.slot());
        assertThat(result.outputs().files())
                .extracting(OutputFile::path, OutputFile::sizeBytes)
                .contains(tuple("more", 5L));
        RunResult large = sh("truncate -s 30M hole").outputs(artifacts, BOUNDS).runIn(SLOTS.slot());
        assertThat(large.outputs().leftOut()).containsExactly(new LeftOut("hole", Reason.TOO_LARGE));
    }

    @Test
    void names_of_the_greatest_length_come_out() {
        String name = "n".repeat(255);
        RunResult result = sh("mkdir " + name + "; echo x > " + name + "/" + name)
                .outputs(artifacts, BOUNDS)
                .runIn(SLOTS.slot());
        assertThat(artifacts.text(name + "/" + name)).isEqualTo("x\n");
        assertThat(result.outputs().leftOutCount()).isZero();
    }

    @Test
    void what_lies_in_other_places_is_not_an_output() {
        RunResult result = sh("echo x > /tmp/x; echo y > /dev/shm/y; ln -s /tmp/x x; mkdir tmp")
                .outputs(artifacts, BOUNDS, "tmp/", "*", "x")
                .runIn(SLOTS.slot());
        assertThat(result.outputs().files()).isEmpty();
        assertThat(result.outputs().leftOut()).containsExactly(new LeftOut("x", Reason.SYMBOLIC_LINK));
    }
}
