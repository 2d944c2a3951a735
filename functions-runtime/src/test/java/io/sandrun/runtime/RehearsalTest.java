package io.sandrun.runtime;

import static io.sandrun.runtime.ForkedModulesTest.assertSameEachTime;
import static io.sandrun.runtime.ForkedStartTest.PYTHON;
import static io.sandrun.runtime.ForkedStartTest.forked;
import static io.sandrun.runtime.ForkedStartTest.importing;
import static io.sandrun.runtime.Guest.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** What a zygote has rehearsed, jobs have in memory of their own; and what goes wrong with it, no job notices. */
class RehearsalTest {
    /** Of the zygote with whoever rehearses is five. */
    private static final long PATIENCE_SECONDS = 60;

    @RegisterExtension
    static final OpenSlots SLOTS = OpenSlots.of(1).needing(PYTHON);

    @TempDir
    Path tree;

    private static Guest program(String source) {
        return Guest.command(PYTHON, "main.py").file("main.py", source, false);
    }

    /** Before it, memory cannot be copied ahead. */
    private static boolean isKernelAtLeast(int major, int minor) {
        Matcher version = Pattern.compile("(\\d+)\\.(\\d+).*").matcher(System.getProperty("os.version"));
        return version.matches()
                && Integer.parseInt(version.group(1)) * 1000 + Integer.parseInt(version.group(2))
                        >= major * 1000 + minor;
    }

    @Test
    void what_packages_are_used_for_is_written_to_pages_that_are_the_jobs_own_already() {
        assumeTrue(isKernelAtLeast(5, 14), "this kernel is older than Linux 5.14, which copies memory ahead");
        assumeTrue(
                program("import pandas").runIn(SLOTS.slot()).outcome() == Outcome.OK,
                "pandas (Debian package python3-pandas) is not installed");
        RunResult result = forked(program("""
                import pandas, resource

                def faults():
                    return resource.getrusage(resource.RUSAGE_SELF).ru_minflt

                before = faults()
                pandas.DataFrame({'a': range(1000)}).a.sum()
                print(faults() - before)
                """), SLOTS.slot(), "pandas", "resource");
        int faults = Integer.parseInt(text(result.stdout()).strip());
        assertThat(faults).as("without a rehearsal there are 670 of them").isLessThan(200);
    }

    @Test
    void the_rehearsal_has_no_word_among_the_zygotes() throws IOException {
        Guest loud = importing(tree, "loud", """
                import atexit, os
                atexit.register(os.write, 1, b'failed\\n')
                atexit.register(os.write, 2, b'ready\\n')
                """, "import loud\nprint('job', flush=True)");
        assertThat(assertSameEachTime(SLOTS.slot(), loud, "job\nfailed\nready\n"))
                .isEqualTo(Birth.FORKED);
    }

    @Test
    void a_rehearsal_that_dies_or_does_not_end_costs_the_jobs_nothing_but_time() throws IOException {
        for (String end : List.of("os.kill(os.getpid(), 9)", "time.sleep(60)")) {
            String name = end.startsWith("os") ? "dying" : "staying";
            Guest guest = importing(
                    tree,
                    name,
                    "import atexit, os, sys, time\natexit.register(lambda: 'main.py' in sys.argv[0] or %s)"
                            .formatted(end),
                    "import %s\nprint('job')".formatted(name));
            long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
            while (assertSameEachTime(SLOTS.slot(), guest, "job\n") != Birth.FORKED) {
                assertThat(System.nanoTime()).as(end).isLessThan(deadline);
            }
        }
    }
}
