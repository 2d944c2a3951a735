package io.sandrun.runtime;

import static io.sandrun.runtime.Guest.bash;
import static io.sandrun.runtime.Guest.python;
import static io.sandrun.runtime.Guest.sh;
import static io.sandrun.runtime.Guest.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.sandrun.runtime.attack.TarBytes;
import io.sandrun.runtime.output.LeftOut;
import io.sandrun.runtime.output.LeftOut.Reason;
import io.sandrun.runtime.output.OutputFile;
import io.sandrun.runtime.output.OutputLimits;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What is taken out of real sandboxes after their end. Run again as nobody by UnprivilegedTest. */
class OutputOutTest {
    @RegisterExtension
    static final OpenSlots SLOTS = OpenSlots.of(1);

    private final MemoryArtifacts artifacts = new MemoryArtifacts();

    @Test
    void what_the_patterns_name_comes_out() {
        RunResult result =
                sh("mkdir -p plots/deep logs; echo r > report.txt; echo a > plots/a.png; echo b > plots/deep/b;"
                                + " echo l > logs/x.log; echo n > logs/x.txt; echo p > deep.png; chmod 755 report.txt")
                        .outputs(artifacts, "report.txt", "plots/", "logs/*.log", "*.png")
                        .runIn(SLOTS.slot());
        assertThat(result.outcome()).isEqualTo(Outcome.OK);
        assertThat(result.outputs().files())
                .extracting(OutputFile::path, OutputFile::sizeBytes, OutputFile::executable)
                .containsExactly(
                        tuple("deep.png", 2L, false),
                        tuple("logs/x.log", 2L, false),
                        tuple("plots/a.png", 2L, false),
                        tuple("plots/deep/b", 2L, false),
                        tuple("report.txt", 2L, true));
        assertThat(result.outputs().files().get(4).sha256())
                .isEqualTo("8e54b0ca18020275e4aef1ca0eb5e197e066c065c1864817652a8a39c55402cd");
        assertThat(result.outputs().leftOutCount()).isZero();
        assertThat(artifacts.text("logs/x.log")).isEqualTo("l\n");
        assertThat(artifacts.open()).isZero();
    }

    @Test
    void bytecode_that_python_left_is_no_output_unless_asked_for() {
        String leave = "mkdir -p lib/__pycache__; echo c > lib/__pycache__/a.cpython-311.pyc; echo r > result";
        assertThat(sh(leave).outputs(artifacts).runIn(SLOTS.slot()).outputs().files())
                .extracting(OutputFile::path)
                .containsExactly("result");
        assertThat(sh(leave)
                        .outputs(artifacts, "*.pyc")
                        .runIn(SLOTS.slot())
                        .outputs()
                        .files())
                .extracting(OutputFile::path)
                .containsExactly("lib/__pycache__/a.cpython-311.pyc");
    }

    @Test
    void without_patterns_what_the_job_made_or_changed_comes_out() {
        byte[] tar = new TarBytes()
                .file("kept", "kept")
                .file("changed", "old")
                .file("rewritten", "same")
                .symbolicLink("link", "kept")
                .hardLink("twin", "kept")
                .toBytes();
        RunResult result = sh("echo more >> changed; printf same > rewritten; cp -p kept copy; echo new > new")
                .archive(tar)
                .file("main", "main", false)
                .outputs(artifacts)
                .runIn(SLOTS.slot());
        assertThat(result.outcome()).as(text(result.stderr())).isEqualTo(Outcome.OK);
        assertThat(result.outputs().files())
                .extracting(OutputFile::path)
                .containsExactly("changed", "copy", "new", "rewritten");
        assertThat(result.outputs().leftOut()).isEmpty();
    }

    @Test
    void only_plain_files_come_out_and_the_rest_is_told() {
        String mischief = """
                import os, socket
                os.symlink('/etc/passwd', 'link')
                os.mkfifo('fifo')
                socket.socket(socket.AF_UNIX).bind('socket')
                open('one', 'w').write('1')
                os.link('one', 'two')
                for name in (b'bad\\xff\\x1b[2J', 'new\\nline', 'back\\\\slash', 'e\\u202egnp.exe'):
                    open(name, 'w')
                open('fine', 'w').write('ok')
                """;
        RunResult result = python(mischief).outputs(artifacts).runIn(SLOTS.slot());
        assertThat(result.outcome()).as(text(result.stderr())).isEqualTo(Outcome.OK);
        assertThat(result.outputs().files()).extracting(OutputFile::path).containsExactly("fine");
        assertThat(result.outputs().leftOut())
                .extracting(LeftOut::name, LeftOut::reason)
                .containsExactlyInAnyOrder(
                        tuple("link", Reason.SYMBOLIC_LINK),
                        tuple("fifo", Reason.FIFO),
                        tuple("socket", Reason.SOCKET),
                        tuple("one", Reason.HARD_LINK),
                        tuple("two", Reason.HARD_LINK),
                        tuple("bad\\xff\\x1b[2J", Reason.BAD_NAME),
                        tuple("new\\x0aline", Reason.BAD_NAME),
                        tuple("back\\\\slash", Reason.BAD_NAME),
                        tuple("e\\u{202e}gnp.exe", Reason.BAD_NAME));
    }

    @Test
    void a_directory_that_became_a_link_leads_nowhere() {
        RunResult result = sh("mkdir out; echo x > out/passwd; mv out old; ln -s /etc out; ln -s /etc/passwd mine")
                .outputs(artifacts, "out/", "mine", "*/passwd")
                .runIn(SLOTS.slot());
        assertThat(result.outputs().files()).extracting(OutputFile::path).containsExactly("old/passwd");
        assertThat(artifacts.text("old/passwd")).isEqualTo("x\n");
        assertThat(result.outputs().leftOut())
                .extracting(LeftOut::name, LeftOut::reason)
                .containsExactlyInAnyOrder(tuple("out", Reason.SYMBOLIC_LINK), tuple("mine", Reason.SYMBOLIC_LINK));
    }

    @Test
    void count_and_bytes_are_bounded() {
        OutputLimits few = new OutputLimits(2, 1000, 1500, 4, 1000, Duration.ofSeconds(10));
        RunResult result = sh("head -c 1000 /dev/zero > a; head -c 1001 /dev/zero > b; head -c 501 /dev/zero > c;"
                        + " head -c 500 /dev/zero > d; echo e > e; truncate -s 20M sparse")
                .outputs(artifacts, few)
                .runIn(SLOTS.slot());
        assertThat(result.outcome()).isEqualTo(Outcome.OK);
        assertThat(result.outputs().files()).extracting(OutputFile::path).containsExactly("a", "d");
        assertThat(result.outputs().leftOut())
                .extracting(LeftOut::name, LeftOut::reason)
                .containsExactly(
                        tuple("b", Reason.TOO_LARGE),
                        tuple("c", Reason.TOTAL_TOO_LARGE),
                        tuple("e", Reason.TOO_MANY),
                        tuple("sparse", Reason.TOO_MANY));
        assertThat(artifacts.open()).isZero();
    }

    @Test
    void names_and_depth_are_bounded() {
        OutputLimits small = new OutputLimits(5, 1000, 1500, 3, 100, Duration.ofSeconds(10));
        RunResult deep = bash("for i in $(seq 300); do mkdir d; cd d; done; echo x > x; cd /work; echo x > x")
                .outputs(artifacts, small)
                .runIn(SLOTS.slot());
        assertThat(deep.outputs().files()).extracting(OutputFile::path).containsExactly("x");
        assertThat(deep.outputs().leftOut())
                .extracting(LeftOut::name, LeftOut::reason)
                .containsExactly(tuple("d/d/d/d", Reason.TOO_DEEP));
        RunResult wide = bash("for i in $(seq 500); do : > f$i; done")
                .outputs(artifacts, small)
                .runIn(SLOTS.slot());
        assertThat(wide.outputs().files()).hasSize(5);
        assertThat(wide.outputs().leftOut()).hasSize(96).contains(new LeftOut(".", Reason.TOO_MANY_NAMES));
    }

    @Test
    void outputs_of_a_failed_run_come_out_too() {
        RunResult result = sh("echo so far > partial; exit 3")
                .outputs(artifacts, "partial")
                .runIn(SLOTS.slot());
        assertThat(result.outcome()).isEqualTo(Outcome.EXIT_NONZERO);
        assertThat(artifacts.text("partial")).isEqualTo("so far\n");
        RunResult slow = sh("echo so far > late; exec sleep 30")
                .wallSeconds(1)
                .outputs(artifacts, "late")
                .runIn(SLOTS.slot());
        assertThat(slow.outcome()).isEqualTo(Outcome.TIMED_OUT);
        assertThat(artifacts.text("late")).isEqualTo("so far\n");
    }

    @Test
    void a_sink_that_fails_is_our_failure() {
        RunResult result = sh("echo x > x")
                .outputs(() -> {
                    throw new java.io.IOException("no room for artifacts");
                })
                .runIn(SLOTS.slot());
        assertThat(result.outcome()).isEqualTo(Outcome.SANDBOX_ERROR);
        assertThat(result.reason()).isEqualTo("The outputs could not be kept: no room for artifacts");
    }

    @Test
    void an_absurd_pattern_is_invalid_input() {
        RunResult result = sh("true").outputs(artifacts, "../*").runIn(SLOTS.slot());
        assertThat(result.outcome()).isEqualTo(Outcome.INVALID_INPUT);
        assertThat(result.reason()).isEqualTo("The output pattern '../*' leaves the job's folder.");
    }
}
