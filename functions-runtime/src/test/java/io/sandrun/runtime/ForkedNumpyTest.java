package io.sandrun.runtime;

import static io.sandrun.runtime.ForkedModulesTest.RUNS;
import static io.sandrun.runtime.ForkedModulesTest.assertSameEachTime;
import static io.sandrun.runtime.ForkedStartTest.PYTHON;
import static io.sandrun.runtime.ForkedStartTest.importing;
import static io.sandrun.runtime.Guest.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** As {@link ForkedModulesTest}, of numpy: a node starts only so many zygotes at once, and each of these is one. */
class ForkedNumpyTest {
    @RegisterExtension
    static final OpenSlots SLOTS = OpenSlots.of(1).needing(PYTHON);

    @TempDir
    Path tree;

    @Test
    void generators_of_numpy_that_imports_seed_with_nothing_in_particular_are_made_by_each_job() throws IOException {
        Guest fixed = importing(
                tree, "fixed", """
                from numpy.random import Generator, PCG64, RandomState, default_rng
                draws = default_rng(42).random(), Generator(PCG64(1)).random(), RandomState(42).rand()
                kept = default_rng(42), RandomState(42)
                """, "import fixed\nprint(*fixed.draws, fixed.kept[0].random(), fixed.kept[1].rand())");
        RunResult cold = fixed.runIn(SLOTS.slot());
        assumeTrue(cold.outcome() == Outcome.OK, "numpy (Debian package python3-numpy) is not installed");
        assertThat(assertSameEachTime(SLOTS.slot(), fixed, text(cold.stdout()))).isEqualTo(Birth.FORKED);
        for (String made : List.of("default_rng", "RandomState", "SeedSequence")) {
            String draws = made.equals("SeedSequence")
                    ? "print(default_rng(generator).bytes(8))"
                    : "print(generator.bytes(8))";
            Guest free = importing(
                    tree,
                    "free_" + made, // each a kind of its own
                    "from numpy.random import %1$s\ngenerator = %1$s()".formatted(made),
                    "from free_%s import generator\nfrom numpy.random import default_rng\n%s".formatted(made, draws));
            Set<String> drawn = new HashSet<>();
            for (int run = 0; run < RUNS; run++) {
                RunResult result = free.runIn(SLOTS.slot());
                assertThat(result.phases().birth()).as(made).isEqualTo(Birth.EXECUTED);
                drawn.add(text(result.stdout()));
            }
            assertThat(drawn).as(made).hasSize(RUNS).allMatch(said -> said.startsWith("b"));
        }
    }

    /** They are started when the library is loaded, as many as the job has cores. */
    @Test
    void numpy_has_the_threads_that_it_would_have_started() {
        Guest guest = Guest.command(PYTHON, "main.py")
                .environment(Map.of("PATH", "/usr/bin:/bin", "HOME", "/work", "OPENBLAS_NUM_THREADS", "2"))
                .file("main.py", """
                        import ctypes, numpy, os
                        library = [line.split()[-1] for line in open('/proc/self/maps') if 'openblas' in line]
                        square = numpy.ones((600, 600))
                        assert (square @ square).sum() == 600.0 ** 3
                        print(ctypes.CDLL(library[0]).openblas_get_num_threads(), len(os.listdir('/proc/self/task')))
                        print(sorted(os.environ.items()))
                        """, false)
                .preload(1, "numpy");
        RunResult cold = guest.runIn(SLOTS.slot());
        assumeTrue(cold.outcome() == Outcome.OK, "numpy with OpenBLAS (Debian package python3-numpy) is not installed");
        assertThat(assertSameEachTime(SLOTS.slot(), guest, text(cold.stdout()))).isEqualTo(Birth.FORKED);
    }
}
