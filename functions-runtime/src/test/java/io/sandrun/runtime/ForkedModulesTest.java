package io.sandrun.runtime;

import static io.sandrun.runtime.ForkedStartTest.PYTHON;
import static io.sandrun.runtime.Guest.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Modules that a job cannot inherit as they are: it finds what it would without a zygote, however it is started. */
class ForkedModulesTest {
    /** From the third run on one is forked, if any is. */
    private static final int RUNS = 4;

    private static Sandboxes sandboxes;

    @TempDir
    Path tree;

    @BeforeAll
    static void open() throws Exception {
        assumeTrue(Files.isExecutable(Path.of(PYTHON)), PYTHON + " is not installed");
        sandboxes = Sandboxes.open(new SandboxSettings(1, Path.of(System.getProperty("java.io.tmpdir"))));
    }

    @AfterAll
    static void close() {
        if (sandboxes != null) {
            sandboxes.close();
        }
    }

    /** A program whose zygote has imported a module of that source. */
    private Guest importing(String name, String module, String program) throws IOException {
        Files.setPosixFilePermissions(tree, PosixFilePermissions.fromString("rwxr-xr-x"));
        Files.writeString(tree.resolve(name + ".py"), module);
        return Guest.command(PYTHON, "main.py")
                .environment(Map.of("PATH", "/usr/bin:/bin", "HOME", "/work", "PYTHONPATH", "/modules"))
                .trees(new ShownTree(tree, "/modules"))
                .file("main.py", program, false)
                .preload(1, name);
    }

    private void assertSameEachTime(String name, String module, String program, String output) throws IOException {
        Guest guest = importing(name, module, program);
        for (int run = 0; run < RUNS; run++) {
            RunResult result = guest.runIn(sandboxes.slot(0));
            String said = text(result.stdout()) + text(result.stderr());
            assertThat(said).as("run %s, %s", run, result.phases().start()).isEqualTo(output);
            assertThat(result.outcome()).isEqualTo(Outcome.OK);
        }
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

    @Test
    void what_cannot_be_drawn_again_is_drawn_by_the_job() throws IOException {
        assertSameEachTime(
                "torch",
                "import time\ndef seed():\n    time.sleep(0.3)\n    raise RuntimeError('no generator')",
                "print('ran')",
                "ran\n");
    }

    /** A client whose jobs come in pairs, with other variables each time, starts one zygote after the other. */
    @Test
    void a_job_of_another_kind_does_not_wait_for_imports_that_never_end() throws IOException {
        Guest waiting = importing("endless", "import threading\nthreading.Event().wait()", "print('ran')");
        Guest other = Guest.sh("echo other");
        for (int pair = 0; pair < 2; pair++) {
            for (int run = 0; run < 2; run++) {
                assertThat(text(waiting.runIn(sandboxes.slot(0)).stdout())).isEqualTo("ran\n");
            }
            long start = System.nanoTime();
            assertThat(text(other.runIn(sandboxes.slot(0)).stdout())).isEqualTo("other\n");
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
            assertThat(text(guest.runIn(sandboxes.slot(0)).stdout())).isEqualTo("customized\nran\n");
        }
    }
}
