package io.sandrun.runtime;

import static io.sandrun.runtime.ForkedStartTest.PYTHON;
import static io.sandrun.runtime.Guest.text;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Modules that a job cannot inherit as they are: it finds what it would without a zygote, however it is started. */
class ForkedModulesTest {
    /** From the third run on one is forked, if any is. */
    static final int RUNS = 4;

    @RegisterExtension
    static final OpenSlots SLOTS = OpenSlots.of(1).needing(PYTHON);

    @TempDir
    Path tree;

    private Guest importing(String name, String module, String program) throws IOException {
        return ForkedStartTest.importing(tree, name, module, program);
    }

    private void assertSameEachTime(String name, String module, String program, String output) throws IOException {
        assertSameEachTime(importing(name, module, program), output);
    }

    /** Tells how the last of them was born. */
    private static Birth assertSameEachTime(Guest guest, String output) {
        return assertSameEachTime(SLOTS.slot(), guest, output);
    }

    static Birth assertSameEachTime(Slot slot, Guest guest, String output) {
        Birth birth = Birth.EXECUTED;
        for (int run = 0; run < RUNS; run++) {
            RunResult result = guest.runIn(slot);
            String said = text(result.stdout()) + text(result.stderr());
            assertThat(said).as("run %s, %s", run, result.phases().start()).isEqualTo(output);
            assertThat(result.outcome()).isEqualTo(Outcome.OK);
            birth = result.phases().birth();
        }
        return birth;
    }

    @Test
    void memory_that_is_shared_with_children_is_shared_by_no_jobs() throws IOException {
        assertSameEachTime("sharing", "import mmap\npage = mmap.mmap(-1, 4096)", """
                import sharing
                print(sharing.page[0])
                sharing.page[0] = 1
                """, "0\n");
    }

    @Test
    void files_that_an_import_makes_are_there() throws IOException {
        assertSameEachTime(
                "caching",
                "import atexit, shutil, tempfile\nhome = tempfile.mkdtemp()\natexit.register(shutil.rmtree, home)",
                "import caching, os\nprint(os.listdir(caching.home))",
                "[]\n");
    }

    /** As matplotlib looks for them, which a zygote has imported where there are none. */
    @Test
    void settings_among_a_jobs_own_files_are_found() throws IOException {
        Guest plain =
                importing("styled", """
                import ctypes, os, pathlib
                style = open('style.rc').read() if os.path.exists('style.rc') else 'plain'
                is_set = pathlib.Path(os.environ['HOME'], '.config', 'style').is_file()
                open_file = ctypes.CDLL(None).fopen
                open_file.restype = ctypes.c_void_p
                is_read_in_c = open_file(b'/work/style.conf', b'r') is not None
                """, "import styled\nprint(styled.style, styled.is_set, styled.is_read_in_c)");
        assertThat(assertSameEachTime(plain, "plain False False\n")).isEqualTo(Birth.FORKED);
        assertSameEachTime(plain.file("style.rc", "own", false), "own False False\n");
        assertSameEachTime(plain.file(".config/style", "", false), "own True False\n");
        assertSameEachTime(plain.file("style.conf", "", false), "own True True\n");
    }

    /** What the compiler adds to each library is left out at a job's end, and nothing else. */
    @Test
    void libraries_do_at_the_end_of_a_job_what_they_do_at_the_end_of_any_process() throws Exception {
        Path source = Files.writeString(tree.resolve("library.c"), """
                #include <stdlib.h>
                #include <stdio.h>
                static void last(void) { puts("handler"); }
                __attribute__((constructor)) static void begin(void) { atexit(last); }
                __attribute__((destructor)) static void end(void) { puts("destructor"); }
                """);
        Path library = tree.resolve("library.so");
        assertThat(new ProcessBuilder("cc", "-shared", "-fPIC", "-o", library.toString(), source.toString())
                        .inheritIO()
                        .start()
                        .waitFor())
                .isZero();
        String load = "import ctypes\nctypes.CDLL('/modules/library.so')";
        String said = "ran\nhandler\ndestructor\n";
        assertThat(assertSameEachTime(importing("leaving", load, "import leaving\nprint('ran', flush=True)"), said))
                .as("loaded by an import")
                .isEqualTo(Birth.FORKED);
        assertThat(assertSameEachTime(importing("other", "", load + "\nprint('ran', flush=True)"), said))
                .as("loaded by the job")
                .isEqualTo(Birth.FORKED);
    }

    /** As sympy and others make them when they are imported. */
    @Test
    void generators_of_packages_draw_for_each_job_but_those_with_a_seed_of_their_own() throws IOException {
        Guest guest = importing(
                "drawing",
                "from random import Random\nfree, fixed, again = Random(), Random(42), Random(1)\nagain.seed()",
                "import drawing, random\nprint(drawing.free.random(), drawing.again.random(), random.Random.seed)\n"
                        + "print(drawing.fixed.random())");
        Set<String> drawn = new HashSet<>();
        for (int run = 0; run < RUNS; run++) {
            RunResult result = guest.runIn(SLOTS.slot());
            List<String> lines = text(result.stdout()).lines().toList();
            drawn.addAll(List.of(lines.get(0).split(" ", 3)).subList(0, 2));
            assertThat(lines.get(0)).contains("<function Random.seed at ");
            assertThat(lines.get(1)).isEqualTo("0.6394267984578837");
            assertThat(result.phases().isForked()).isEqualTo(run >= 2);
        }
        assertThat(drawn).hasSize(2 * RUNS);
    }

    @Test
    void what_cannot_be_drawn_again_is_drawn_by_the_job() throws IOException {
        assertSameEachTime(
                "torch",
                "import time\ndef seed():\n    time.sleep(0.3)\n    raise RuntimeError('no generator')",
                "print('ran')",
                "ran\n");
    }

    @Test
    void a_thread_that_stays_is_started_by_each_job() throws IOException {
        Guest guest = importing(
                "staying",
                "import threading\nthread = threading.Thread(target=print, daemon=True)\n"
                        + "thread.run = threading.Event().wait\nthread.start()",
                "import staying\nprint(staying.thread.is_alive())");
        assertThat(assertSameEachTime(guest, "True\n")).isEqualTo(Birth.EXECUTED);
    }

    /** A thread that was there before the job's rights were given up would have kept them. */
    @Test
    void no_thread_begins_before_the_job_does() throws IOException {
        Guest guest = importing("torch", """
                import threading
                def seed():
                    threading.Thread(target=threading.Event().wait, daemon=True).start()
                """, "print('ran')");
        assertThat(assertSameEachTime(guest, "ran\n")).isEqualTo(Birth.EXECUTED);
    }

    @Test
    void threads_that_end_when_they_are_told_to_are_there_again() throws IOException {
        Guest guest = importing("numexpr", """
                import threading
                pool = []
                def work(end):
                    end.wait()
                def set_num_threads(count):
                    before = len(pool)
                    for thread, end in pool:
                        end.set()
                        thread.join()
                    pool.clear()
                    for n in range(count if count > 1 else 0):
                        end = threading.Event()
                        pool.append((threading.Thread(target=work, args=(end,), daemon=True), end))
                        pool[-1][0].start()
                    return before
                set_num_threads(3)
                """, """
                import numexpr, os
                print(len(numexpr.pool), all(t.is_alive() for t, _ in numexpr.pool), len(os.listdir('/proc/self/task')))
                """);
        assertThat(assertSameEachTime(guest, "3 True 4\n")).isEqualTo(Birth.FORKED);
    }

    /** Those who enter a sandbox for the zygote live on, and have its place at the nest. */
    @Test
    void a_zygote_that_ends_while_it_forks_is_not_waited_for() throws Exception {
        Slot slot = SLOTS.slot();
        Guest guest = importing("large", "memory = bytearray(b'x') * (64 << 20)", "print('ran')");
        int kills = 0;
        for (int round = 0; round < 20 && kills < 2; round++) {
            ForkedStartTest.forked(guest, slot, "large");
            slot.run(guest.request(), new Cancellation()); // what was made ahead is used now, and no more is made
            AtomicBoolean isOver = new AtomicBoolean();
            CompletableFuture<Void> isWatching = new CompletableFuture<>();
            CompletableFuture<Boolean> killing = CompletableFuture.supplyAsync(() -> killWhoForks(isWatching, isOver));
            isWatching.join();
            long start = System.nanoTime();
            RunResult result = slot.run(guest.request(), new Cancellation());
            isOver.set(true);
            assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(15));
            assertThat(text(result.stdout())).isEqualTo("ran\n");
            kills += killing.join() ? 1 : 0;
        }
        assertThat(kills).as("zygotes that were killed").isPositive();
    }

    private static boolean killWhoForks(CompletableFuture<Void> isWatching, AtomicBoolean isOver) {
        List<ProcessHandle> zygotes = ZygoteSlots.zygotes();
        isWatching.complete(null);
        while (!isOver.get()) {
            for (ProcessHandle zygote : zygotes) {
                Path children = Path.of("/proc/" + zygote.pid() + "/task/" + zygote.pid() + "/children");
                try {
                    if (!Files.readString(children).isEmpty()) {
                        return zygote.destroyForcibly();
                    }
                } catch (IOException gone) {
                    // One of another kind, which was let go meanwhile.
                }
            }
        }
        return false;
    }

    /** A client whose jobs come in pairs, with other variables each time, starts one zygote after the other. */
    @Test
    void a_job_of_another_kind_does_not_wait_for_imports_that_never_end() throws IOException {
        Guest waiting = importing("endless", "import threading\nthreading.Event().wait()", "print('ran')");
        Guest other = Guest.sh("echo other");
        for (int pair = 0; pair < 2; pair++) {
            for (int run = 0; run < 2; run++) {
                assertThat(text(waiting.runIn(SLOTS.slot()).stdout())).isEqualTo("ran\n");
            }
            long start = System.nanoTime();
            assertThat(text(other.runIn(SLOTS.slot()).stdout())).isEqualTo("other\n");
            assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(15));
        }
    }

    @Test
    void the_way_to_modules_is_followed_to_its_end() {
        Guest guest = Guest.command(PYTHON, "main.py")
                .environment(Map.of("PATH", "/usr/bin:/bin", "HOME", "/work", "PYTHONPATH", "/usr/../work/lib"))
                .file("lib/sitecustomize.py", "print('customized')", false)
                .file("main.py", "print('ran')", false)
                .preload(1);
        for (int run = 0; run < RUNS; run++) {
            assertThat(text(guest.runIn(SLOTS.slot()).stdout())).isEqualTo("customized\nran\n");
        }
    }
}
