package io.sandrun.runtime;

import static io.sandrun.runtime.ForkedModulesTest.assertSameEachTime;
import static io.sandrun.runtime.ForkedStartTest.PYTHON;
import static io.sandrun.runtime.ForkedStartTest.forked;
import static io.sandrun.runtime.ForkedStartTest.importing;
import static io.sandrun.runtime.Guest.text;
import static io.sandrun.runtime.ZygoteSlots.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
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

    private static final String FAULTS = """
            import pandas, resource

            def faults():
                return resource.getrusage(resource.RUSAGE_SELF).ru_minflt

            before = faults()
            pandas.DataFrame({'a': range(1000)}).a.sum()
            print(faults() - before)
            """;

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

    private static void assumeMemoryIsCopiedAheadForPandas() {
        assumeTrue(isKernelAtLeast(5, 14), "this kernel is older than Linux 5.14, which copies memory ahead");
        assumeTrue(
                program("import pandas").runIn(SLOTS.slot()).outcome() == Outcome.OK,
                "pandas (Debian package python3-pandas) is not installed");
    }

    private static void assertFewFaults(Guest guest, String... modules) {
        int faults = Integer.parseInt(
                text(forked(guest, SLOTS.slot(), modules).stdout()).strip());
        assertThat(faults).as("without a rehearsal there are 670 of them").isLessThan(200);
    }

    @Test
    void what_packages_are_used_for_is_written_to_pages_that_are_the_jobs_own_already() {
        assumeMemoryIsCopiedAheadForPandas();
        assertFewFaults(program(FAULTS), "pandas", "resource");
    }

    @Test
    void also_where_an_import_has_made_files() throws IOException {
        assumeMemoryIsCopiedAheadForPandas();
        assertFewFaults(
                importing(tree, "caching", "import pandas, resource\nopen('/tmp/cache', 'w').close()", FAULTS),
                "caching");
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

    /** Whoever signals the group of its processes, as some do at their end, means its own. */
    @Test
    void a_rehearsal_that_dies_or_does_not_end_costs_the_jobs_nothing_but_time() throws IOException {
        Map<String, String> ends =
                Map.of("dying", "os.kill(os.getpid(), 9)", "killing", "os.killpg(0, 9)", "staying", "time.sleep(60)");
        for (Map.Entry<String, String> end : ends.entrySet()) {
            awaitForked(ending(end.getKey(), end.getValue()));
        }
    }

    @Test
    void what_a_rehearsal_has_started_ends_with_it() throws IOException {
        awaitForked(ending("leaving", "os.fork() or os.execv('/bin/sleep', ['sleep', '3600.5'])"));
        await(
                "what was started is gone",
                () -> ProcessHandle.current()
                        .descendants()
                        .noneMatch(process ->
                                process.info().commandLine().orElse("").contains("3600.5")));
    }

    /** As some count their own children, and have none here. */
    @Test
    void a_package_that_hears_of_ended_children_hears_of_none() throws IOException {
        awaitForked(importing(
                tree,
                "counting",
                "import os, signal\nsignal.signal(signal.SIGCHLD, lambda *rest: os.waitpid(-1, 0))",
                "import counting\nprint('job')"));
    }

    /** One that imports what does that at the end of a program, but not of a job's. */
    private Guest ending(String name, String end) throws IOException {
        return importing(
                tree,
                name,
                "import atexit, os, sys, time\natexit.register(lambda: 'main.py' in sys.argv[0] or %s)".formatted(end),
                "import %s\nprint('job')".formatted(name));
    }

    private static void awaitForked(Guest guest) {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
        while (assertSameEachTime(SLOTS.slot(), guest, "job\n") != Birth.FORKED) {
            assertThat(System.nanoTime()).as("%s", guest).isLessThan(deadline);
        }
    }
}
