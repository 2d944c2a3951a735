package io.sandrun.runtime;

import static io.sandrun.runtime.ForkedStartTest.PYTHON;
import static io.sandrun.runtime.ForkedStartTest.forked;
import static io.sandrun.runtime.Guest.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.sandrun.runtime.archive.ArchiveSource;
import io.sandrun.runtime.attack.TarBytes;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What jobs that are forked from one interpreter share: nothing that one of them made or drew. */
class ForkedHygieneTest {
    private static final int SIBLINGS = 6;
    private static final String[] DRAWING = {
        "random", "uuid", "secrets", "ssl", "tempfile", "multiprocessing", "threading", "logging"
    };

    private static Sandboxes sandboxes;
    private static Slot slot;

    @BeforeAll
    static void open() throws Exception {
        assumeTrue(Files.isExecutable(Path.of(PYTHON)), PYTHON + " is not installed");
        sandboxes = Sandboxes.open(new SandboxSettings(1, Path.of(System.getProperty("java.io.tmpdir"))));
        slot = sandboxes.slot(0);
    }

    @AfterAll
    static void close() {
        if (sandboxes == null) {
            return;
        }
        forked(program(""), slot);
        assertThat(ZygoteSlots.zygotes()).isNotEmpty();
        sandboxes.close();
        assertThat(ZygoteSlots.zygotes()).as("zygotes go with their sandboxes").isEmpty();
    }

    private static Guest program(String source) {
        return Guest.command(PYTHON, "main.py")
                .environment(Map.of("PATH", "/usr/bin:/bin", "HOME", "/work", "OPENBLAS_NUM_THREADS", "1"))
                .file("main.py", source, false);
    }

    private static String output(String source, String... modules) {
        RunResult result = forked(program(source), slot, modules);
        assertThat(text(result.stderr())).isEmpty();
        assertThat(result.outcome()).isEqualTo(Outcome.OK);
        return text(result.stdout());
    }

    private static void assertSiblingsDraw(String source, String... modules) {
        List<String> drawn = new ArrayList<>();
        for (int sibling = 0; sibling < SIBLINGS; sibling++) {
            drawn.addAll(output(source, modules).lines().toList());
        }
        assertThat(drawn).hasSizeGreaterThan(SIBLINGS).doesNotHaveDuplicates();
    }

    @Test
    void siblings_draw_different_numbers() {
        assertSiblingsDraw("""
                import multiprocessing, os, random, secrets, ssl, tempfile, uuid
                print(random.random(), random.SystemRandom().random(), sep='\\n')
                print(uuid.uuid4(), uuid.uuid1(), secrets.token_hex(), os.urandom(8), ssl.RAND_bytes(8), sep='\\n')
                print(next(tempfile._get_candidate_names()), multiprocessing.current_process().authkey.hex(), sep='\\n')
                """, DRAWING);
    }

    @Test
    void siblings_draw_different_numbers_of_numpy() {
        RunResult there = program("import numpy").runIn(slot);
        assumeTrue(there.outcome() == Outcome.OK, "numpy (Debian package python3-numpy) is not installed");
        assertSiblingsDraw("""
                import numpy
                print(numpy.random.random(), numpy.random.default_rng().random(), sep='\\n')
                print(numpy.random.get_state()[1][:4])
                """, "numpy");
    }

    /** A record tells how long after that it was made. */
    @Test
    void each_siblings_log_begins_with_it() {
        assertSiblingsDraw("import logging, time\nprint(logging._startTime, time.monotonic_ns(), sep='\\n')", DRAWING);
    }

    @Test
    void a_sibling_leaves_no_trace() {
        String makesAMess = """
                import builtins, os, random, signal, sys, threading
                os.environ['SECRET'] = 'mine'
                builtins.secret = sys.secret = random.secret = 'mine'
                sys.path.append('/tmp'); sys.modules['secret'] = sys
                for place in '/work', '/tmp', '/dev/shm':
                    open(place + '/secret', 'w').write('mine')
                kept = open('/work/secret'); kept.read()
                signal.signal(signal.SIGUSR1, lambda *a: None); os.umask(0)
                threading.Thread(target=signal.pause, daemon=True).start()
                if os.fork() == 0: signal.pause()
                print('done')
                """;
        String looks = """
                import builtins, os, random, signal, sys
                print(os.environ.get('SECRET'), hasattr(builtins, 'secret'), hasattr(sys, 'secret'))
                print(hasattr(random, 'secret'), '/tmp' in sys.path, 'secret' in sys.modules, oct(os.umask(0)))
                print([os.listdir(p) for p in ('/work', '/tmp', '/dev/shm')], signal.getsignal(signal.SIGUSR1))
                print(os.listdir('/proc/self/task') == [str(os.getpid())], len(os.listdir('/proc/self/fd')))
                print(len([p for p in os.listdir('/proc') if p.isdigit()]))
                print(b'mine' in open('/proc/self/environ', 'rb').read())
                """;
        String before = output(looks, DRAWING);
        assertThat(before).startsWith("None False False\nFalse False False 0o22\n[['main.py'], [], []]");
        assertThat(output(makesAMess, DRAWING)).isEqualTo("done\n");
        assertThat(output(looks, DRAWING)).isEqualTo(before);
    }

    /** Verified jobs have the time of their submit in it; C looks at variables by itself. */
    @Test
    void what_differs_from_job_to_job_is_set_in_the_child() {
        String source = """
                import ctypes, os, subprocess
                getenv = ctypes.CDLL(None).getenv
                getenv.restype = ctypes.c_char_p
                print(os.environ['SOURCE_DATE_EPOCH'], getenv(b'SOURCE_DATE_EPOCH').decode(), flush=True)
                subprocess.run(['/usr/bin/env'])
                """;
        for (int job = 0; job < 5; job++) {
            Map<String, String> variables =
                    Map.of("HOME", "/work", "SOURCE_DATE_EPOCH", "17" + job, "SANDRUN_JOB_ID", "job" + job);
            RunResult result =
                    program(source).environment(variables).preload(1, "json").runIn(slot);
            assertThat(text(result.stdout()))
                    .startsWith("17%1$d 17%1$d\n".formatted(job))
                    .contains("SOURCE_DATE_EPOCH=17" + job, "SANDRUN_JOB_ID=job" + job);
            assertThat(result.phases().isForked()).as("job %s", job).isEqualTo(job >= 2);
        }
    }

    @Test
    void the_zygote_is_out_of_reach_of_its_jobs() {
        assertThat(output("""
                import os, signal
                for number in range(2, 200):
                    if number != os.getpid():
                        try:
                            os.kill(number, 0); print('seen', number)
                        except ProcessLookupError:
                            pass
                for number in -1, os.getppid():
                    try:
                        os.kill(number, signal.SIGKILL); print('sent', number)
                    except (PermissionError, ProcessLookupError) as refused:
                        print(type(refused).__name__)
                print(os.listdir('/var/empty'))
                """)).doesNotContain("seen").endsWith("\n[]\n");
        assertThat(output("print('next')")).isEqualTo("next\n");
    }

    /** Its sandbox is a copy of the template's, but for what belongs to one job. Of that only /proc is still below. */
    @Test
    void nothing_that_a_zygote_can_write_to_is_in_the_sandbox_of_its_job() {
        assertThat(output("""
                mounts = [line.split() for line in open('/proc/self/mountinfo')]
                top = {mount[4]: mount for mount in mounts}
                print(sorted(place for place, mount in top.items() if 'rw' in mount[5].split(',')))
                print(sorted(mount[4] for mount in mounts if mount not in top.values()))
                print(len({mount[2] for mount in mounts if mount[5][:2] == 'rw' and mount[4] != '/proc'}))
                print([mount for mount in mounts if 'shared' in str(mount) or 'master' in str(mount)])
                """)).isEqualTo("['/dev/shm', '/tmp', '/work']\n['/proc', '/work']\n1\n[]\n");
    }

    @Test
    void no_zygote_is_used_for_ever() {
        Set<String> seeds = new HashSet<>();
        int jobs = 0;
        while (seeds.size() < 2 && jobs++ < 1200) {
            seeds.add(text(program("print(hash('seed'))").preload(1).runIn(slot).stdout()));
            if (seeds.size() == 2 && jobs < 20) {
                seeds.clear(); // the first runs started cold, each with a seed of its own
            }
        }
        assertThat(seeds).as("after %s jobs", jobs).hasSize(2);
    }

    @Test
    void a_zygote_that_was_killed_is_replaced() {
        assertThat(output("print('forked')")).isEqualTo("forked\n");
        for (ProcessHandle zygote : ZygoteSlots.zygotes()) {
            zygote.destroyForcibly();
            awaitEnd(zygote);
        }
        RunResult next = program("print('next')").preload(1).runIn(slot);
        assertThat(text(next.stdout())).isEqualTo("next\n");
        assertThat(output("print('forked again')")).isEqualTo("forked again\n");
    }

    @Test
    void a_zygotes_sandbox_that_ends_before_the_program_begins_is_no_reason_to_fail() {
        assertThat(output("print('forked')")).isEqualTo("forked\n");
        byte[] tar = new TarBytes().file("name", "unpacked").toBytes();
        AtomicInteger readings = new AtomicInteger();
        ArchiveSource ending = () -> {
            if (readings.incrementAndGet() == 1) {
                List<ProcessHandle> above = ZygoteSlots.zygotes().stream()
                        .flatMap(process -> process.parent().stream())
                        .toList();
                above.forEach(ProcessHandle::destroyForcibly);
                above.forEach(process -> process.onExit().join());
            }
            return new ByteArrayInputStream(tar);
        };
        RunResult next =
                program("print(open('name').read())").archive(ending).preload(1).runIn(slot);
        assertThat(next.reason()).isEmpty();
        assertThat(text(next.stdout())).isEqualTo("unpacked\n");
        assertThat(readings).as("readings of the archive").hasValue(2);
        assertThat(next.phases().birth()).isEqualTo(Birth.EXECUTED);
    }

    /**
     * Those of this process's sandboxes, and not what they have forked, which has the same command line: that waits
     * below a pid 1 that reaps nobody before its job, so its end is never seen.
     */
    /** Until nothing of it runs: a copy that waits for its job is reaped with its sandbox, and not before. */
    private static void awaitEnd(ProcessHandle process) {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
        while (isRunning(process)) {
            assertThat(System.nanoTime())
                    .as("process %d runs on", process.pid())
                    .isLessThan(deadline);
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(5));
        }
    }

    private static boolean isRunning(ProcessHandle process) {
        try {
            String stat = Files.readString(Path.of("/proc/" + process.pid() + "/stat"));
            // Behind the program's name, which may have anything in it, stands the state.
            return stat.charAt(stat.lastIndexOf(')') + 2) != 'Z';
        } catch (IOException gone) {
            return false;
        }
    }
}
