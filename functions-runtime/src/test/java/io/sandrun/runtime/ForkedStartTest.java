package io.sandrun.runtime;

import static io.sandrun.runtime.Guest.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * A job that is forked cannot be told from one that is executed by what comes of it. Each program runs both ways on
 * real sandboxes, and the two results are compared. Run again as nobody by UnprivilegedTest.
 */
class ForkedStartTest {
    static final String PYTHON = "/usr/bin/python3";

    private static final int COLD = 0;
    private static final int FORKED = 1;

    /** A name for the test, and what the job's main.py says. */
    private static final Map<String, String> PROGRAMS = Map.ofEntries(
            Map.entry("nothing", ""),
            Map.entry("output", "import sys\nprint('out'); print('err', file=sys.stderr)"),
            Map.entry("an exit code", "import sys; sys.exit(37)"),
            Map.entry("an exit code that is a text", "import sys; sys.exit('that is why')"),
            Map.entry("an exit code beyond a byte", "raise SystemExit(256 + 3)"),
            Map.entry("an exit code that is no word of the machine", "raise SystemExit(1 << 70)"),
            Map.entry("an exit code of none", "raise SystemExit"),
            Map.entry("os._exit", "import os; os._exit(5)"),
            Map.entry("an exception", "def f():\n    raise ValueError('no')\nprint('first')\nf()"),
            Map.entry(
                    "a chain of exceptions",
                    "try:\n    {}['a']\nexcept KeyError as e:\n    raise OSError(2, 'x') from e"),
            Map.entry("an error of syntax", "print('never')\nif True print(1)"),
            Map.entry("another encoding", "# coding: latin-1\nprint(len('\u00e4'))"),
            Map.entry("an interrupt", "raise KeyboardInterrupt"),
            Map.entry("a signal of its own", "import os, signal; os.kill(os.getpid(), signal.SIGTERM)"),
            Map.entry("an abort", "import os; os.abort()"),
            Map.entry("a hook for exceptions", "import sys\nsys.excepthook = lambda *e: print('hook', e[0])\n1 / 0"),
            Map.entry("deep recursion", """
                    def depth(n=0):
                        try:
                            return depth(n + 1)
                        except RecursionError:
                            return n
                    print(depth())"""),
            Map.entry("who calls", "import sys\nprint(sys._getframe().f_back, sys._getframe().f_code.co_filename)"),
            Map.entry("__main__", """
                    import sys
                    if __name__ == '__main__':
                        print('main')
                    print(__file__, __spec__, __package__, __doc__, __cached__, type(__loader__).__name__)
                    print(sorted(vars(sys.modules['__main__'])), sys.modules['__main__'].__dict__ is globals())"""),
            Map.entry("sys", """
                    import sys
                    print(sys.argv, sys.orig_argv, sys.path, sys.executable, sys.flags, sys.prefix, sys.warnoptions)
                    print(sorted(sys.modules))"""),
            Map.entry("modules beside it", "import beside\nprint(beside.NAME, beside.__file__)"),
            Map.entry("a module of its own that hides one of the library", "import queue\nprint(queue.NAME)"),
            Map.entry("the environment", "import os\nprint(sorted(os.environ.items()), os.getenvb(b'OWN'))"),
            Map.entry("the environment of children", "import subprocess\nsubprocess.run(['/usr/bin/env'])"),
            Map.entry("what the interpreter itself sets", "import os\nprint(os.environ.get('LC_CTYPE'))"),
            Map.entry("the directory", "import os\nprint(os.getcwd(), os.listdir(), oct(os.umask(0)))"),
            Map.entry("input", "import sys\nprint(sys.stdin.read().upper(), sys.stdin.isatty())"),
            Map.entry("standard streams", """
                    import sys
                    for s in (sys.stdin, sys.stdout, sys.stderr):
                        print(s.encoding, s.errors, s.line_buffering, s.write_through, s.fileno(), s.name, s.mode)"""),
            Map.entry("who it is", """
                    import os
                    print(os.getuid(), os.getgid(), os.getgroups(), os.getppid(), os.getsid(0) == os.getpid())
                    print(os.getpgrp() == os.getpid(), os.nice(0), os.stat('/proc/self/fd').st_uid)"""),
            Map.entry("limits", """
                    import resource
                    for name in dir(resource):
                        if name[:7] == 'RLIMIT_': print(name, resource.getrlimit(getattr(resource, name)))"""),
            Map.entry("what the kernel says of it", """
                    keep = ('Name Umask Uid Gid Groups Threads SigQ SigPnd SigBlk SigIgn SigCgt CapInh CapPrm CapEff '
                            'CapBnd CapAmb NoNewPrivs Seccomp').split()
                    for line in open('/proc/self/status'):
                        if line.split(':')[0] in keep: print(line, end='')
                    print(open('/proc/self/oom_score_adj').read())"""),
            Map.entry("what is mounted where", """
                    import os
                    mounts = {}
                    for line in open('/proc/self/mountinfo'):
                        _, _, _, root, place, *rest, settings = line.split()
                        mounts[place] = root, rest, settings.split(',uid=')[0] # what is mounted later covers it
                    for mount in sorted(mounts.items()): print(mount)
                    for place in '/', '/dev', '/etc', '/var', '/var/empty': print(sorted(os.listdir(place)))"""),
            Map.entry("signal handlers", """
                    import signal
                    print([(s, signal.getsignal(s)) for s in signal.valid_signals() if signal.getsignal(s) != 0])
                    print(signal.pthread_sigmask(signal.SIG_BLOCK, []))"""),
            Map.entry("what is done at the end", """
                    import atexit, threading, time
                    class Last:
                        def __del__(self): print('deleted')
                    last = Last()
                    atexit.register(lambda: print('at exit'))
                    def late():
                        started.wait(); print('late')
                    started = threading.Event()
                    threading.Thread(target=late).start()
                    started.set()
                    print('end')"""),
            Map.entry("an exit out of a hook at the end", "import atexit\natexit.register(lambda: 1 / 0)"),
            Map.entry("what a library of C does at the end", """
                    import ctypes
                    c = ctypes.CDLL(None)
                    text = ctypes.create_string_buffer(b'the last')
                    c.__cxa_atexit(ctypes.cast(c.puts, ctypes.c_void_p), ctypes.cast(text, ctypes.c_void_p), None)
                    ctypes.pythonapi.Py_IncRef(ctypes.py_object(text))
                    print('end')"""),
            Map.entry("daemon threads", """
                    import threading
                    threading.Thread(target=lambda: threading.Event().wait(), daemon=True).start()
                    print('end')"""),
            Map.entry("threads", """
                    import threading
                    t = [threading.Thread(target=print, args=(n,)) for n in range(3)]
                    [(x.start(), x.join()) for x in t]
                    print(threading.current_thread() is threading.main_thread(), threading.active_count())"""),
            Map.entry("multiprocessing", """
                    import multiprocessing
                    def square(n): return n * n
                    if __name__ == '__main__':
                        for method in ('fork', 'spawn'):
                            with multiprocessing.get_context(method).Pool(2) as pool:
                                print(method, pool.map(square, range(5)))"""),
            Map.entry("a fork of its own", """
                    import os
                    if os.fork() == 0:
                        print('child')
                    else:
                        print('parent', os.wait()[1])"""),
            Map.entry("subprocesses", """
                    import subprocess, sys
                    print(subprocess.run([sys.executable, '-c', 'print(1)'], capture_output=True).stdout)
                    print(subprocess.run('echo $0; exit 3', shell=True, capture_output=True))"""),
            Map.entry(
                    "asyncio",
                    "import asyncio\nasync def f():\n    await asyncio.sleep(0)\n    print('slept')\nasyncio.run(f())"),
            Map.entry("devices", """
                    open('/dev/stdout', 'w').write('to the device\\n')
                    print(open('/dev/null').read(), len(open('/dev/urandom', 'rb').read(8)))"""),
            Map.entry("libraries of C", "import ctypes\nprint(ctypes.CDLL(None).getppid(), ctypes.CDLL(None).raise_)"),
            Map.entry("packages", "import numpy\nprint(numpy.arange(5).sum(), numpy.__name__)"));

    @RegisterExtension
    static final OpenSlots SLOTS = OpenSlots.of(2).needing(PYTHON);

    private static Guest program(String source) {
        return Guest.command(PYTHON, "main.py", "--option", "an argument")
                .environment(Map.of("PATH", "/usr/bin:/bin", "HOME", "/work", "LANG", "C.UTF-8", "OWN", "\u00e4 b"))
                .stdin("some input")
                .file("main.py", source, false)
                .file("beside.py", "NAME = 'beside'", false)
                .file("queue.py", "NAME = 'the job\\'s own'", false);
    }

    /** A program whose zygote has imported a module of that source, which is in that tree. */
    static Guest importing(Path tree, String name, String module, String program) throws IOException {
        Files.setPosixFilePermissions(tree, PosixFilePermissions.fromString("rwxr-xr-x"));
        Files.writeString(tree.resolve(name + ".py"), module);
        return Guest.command(PYTHON, "main.py")
                .environment(Map.of("PATH", "/usr/bin:/bin", "HOME", "/work", "PYTHONPATH", "/modules"))
                .trees(new ShownTree(tree, "/modules"))
                .file("main.py", program, false)
                .preload(1, name);
    }

    /** Runs it where it is forked: the first runs of a kind are not. */
    static RunResult forked(Guest guest, Slot slot, String... modules) {
        Guest allowed = guest.preload(1, modules);
        RunResult result = allowed.runIn(slot);
        for (int round = 0; round < 3 && !result.phases().isForked(); round++) {
            result = allowed.runIn(slot);
        }
        assertThat(result.phases().isForked()).as(result.reason()).isTrue();
        return result;
    }

    private static String withoutAddresses(RunResult result) {
        return text(result.stderr()).replaceAll("0x[0-9a-f]+", "0x");
    }

    private static void assertSame(RunResult forked, RunResult cold) {
        assertThat(cold.phases().birth()).isEqualTo(Birth.EXECUTED);
        assertThat(text(forked.stdout())).isEqualTo(text(cold.stdout()));
        assertThat(withoutAddresses(forked)).isEqualTo(withoutAddresses(cold));
        assertThat(forked.exitCode()).isEqualTo(cold.exitCode());
        assertThat(forked.signal()).isEqualTo(cold.signal());
        assertThat(forked.outcome()).isEqualTo(cold.outcome());
        assertThat(forked.reason()).isEqualTo(cold.reason());
    }

    @TestFactory
    Stream<DynamicTest> a_forked_program_does_what_an_executed_one_does() {
        return PROGRAMS.entrySet().stream()
                .map(one -> DynamicTest.dynamicTest(one.getKey(), () -> {
                    RunResult cold = program(one.getValue()).runIn(SLOTS.slot(COLD));
                    assertThat(cold.phases().birth()).isEqualTo(Birth.EXECUTED);
                    assertSame(forked(program(one.getValue()), SLOTS.slot(FORKED)), cold);
                }));
    }

    @TestFactory
    Stream<DynamicTest> the_same_limits_end_it() {
        Map<String, UnaryOperator<Guest>> limits = Map.of(
                "while True: pass", guest -> guest.wallSeconds(1),
                "import os\nwhile True: os.getpid()", guest -> guest.cpuSeconds(1),
                "x = bytearray(200 << 20)", guest -> guest.room(64L << 20, 64, 32L << 20, 1000),
                "open('f', 'wb').write(bytes(64 << 20))", guest -> guest.room(256L << 20, 64, 8L << 20, 1000),
                "for n in range(2000): open(str(n), 'w')", guest -> guest.room(256L << 20, 64, 8L << 20, 100),
                "import os\nwhile True: os.fork()", guest -> guest.room(256L << 20, 16, 8L << 20, 100),
                "while True: print('x' * 1000)", guest -> guest.output(1 << 10, 1 << 20));
        return limits.entrySet().stream()
                .map(one -> DynamicTest.dynamicTest(one.getKey().replace('\n', ' '), () -> {
                    RunResult cold = one.getValue().apply(program(one.getKey())).runIn(SLOTS.slot(COLD));
                    RunResult forked = forked(one.getValue().apply(program(one.getKey())), SLOTS.slot(FORKED));
                    assertThat(forked.outcome()).isEqualTo(cold.outcome()).isNotEqualTo(Outcome.OK);
                    assertThat(forked.reason()).isEqualTo(cold.reason());
                }));
    }

    @Test
    void exactly_as_many_processes_are_allowed() {
        assumeTrue(SLOTS.sandboxes().isolation().isActive("cgroup:pids"), "no control group counts processes here");
        String source = """
                import os, time
                started = 0
                try:
                    for n in range(20):
                        if os.fork() == 0:
                            time.sleep(30)
                            os._exit(0)
                        started += 1
                except OSError as e:
                    print(started, e.errno)
                """;
        UnaryOperator<Guest> few = guest -> guest.room(256L << 20, 7, 8L << 20, 100);
        RunResult cold = few.apply(program(source)).runIn(SLOTS.slot(COLD));
        assertThat(text(cold.stdout())).isEqualTo("6 11\n");
        RunResult forked = forked(few.apply(program(source)), SLOTS.slot(FORKED));
        assertThat(text(forked.stdout())).isEqualTo("6 11\n");
    }

    @Test
    void a_run_like_the_last_finds_its_process_waiting() {
        Slot slot = SLOTS.slot(FORKED);
        RunResult result = forked(program("print(1)"), slot);
        for (int round = 0; round < 10 && result.phases().start() != Start.WARM; round++) {
            program("").runIn(SLOTS.slot(COLD)); // longer than it takes to make a sandbox ahead
            result = forked(program("print(2)"), slot);
        }
        assertThat(result.phases().start()).isEqualTo(Start.WARM);
        assertThat(text(result.stdout())).isEqualTo("2\n");
        assertThat(result.phases().prepareNanos()).isNotNegative();
        // One that is like it only in part gets what it asks for, and not what is there.
        Guest other = program("import os\nprint(os.statvfs('/work').f_blocks)").room(256L << 20, 64, 8L << 20, 1000);
        assertThat(text(forked(other, slot).stdout()))
                .isEqualTo(text(other.runIn(SLOTS.slot(COLD)).stdout()));
    }

    @Test
    void a_program_that_is_no_plain_file_is_executed_after_all() {
        Guest missing = Guest.command(PYTHON, "gone.py").preload(1);
        RunResult result = forked(missing, SLOTS.slot(FORKED));
        assertThat(text(result.stderr())).contains("can't open file '/work/gone.py'");
        assertThat(result.exitCode()).isEqualTo(2);
        Guest folder = Guest.command(PYTHON, "src").file("src/__main__.py", "print(__file__)", false);
        assertThat(text(forked(folder, SLOTS.slot(FORKED)).stdout()).strip()).endsWith("src/__main__.py");
    }

    @Test
    void programs_in_folders_find_what_is_beside_them() {
        Guest guest = Guest.command(PYTHON, "src/tool/run.py", "x")
                .file(
                        "src/tool/run.py",
                        "import sys, beside\nprint(sys.path[0], beside.NAME, __file__, sys.argv)",
                        false)
                .file("src/tool/beside.py", "NAME = 'beside'", false);
        RunResult cold = guest.runIn(SLOTS.slot(COLD));
        assertSame(forked(guest, SLOTS.slot(FORKED)), cold);
    }

    @Test
    void what_only_an_execution_can_do_starts_cold() {
        Slot slot = SLOTS.slot(FORKED);
        for (int round = 0; round < 4; round++) {
            Guest preloading = program("").environment(Map.of("LD_DEBUG", "")).preload(1);
            assertThat(preloading.runIn(slot).phases().birth()).isEqualTo(Birth.EXECUTED);
            Guest talkative =
                    program("").environment(Map.of("PYTHONVERBOSE", "1")).preload(1);
            assertThat(talkative.runIn(slot).phases().birth()).isEqualTo(Birth.EXECUTED);
            Guest lonely = program("").room(256L << 20, 1, 8L << 20, 100).preload(1);
            assertThat(lonely.runIn(slot).phases().birth()).isEqualTo(Birth.EXECUTED);
        }
    }

    @Test
    void an_import_that_fails_is_no_reason_to_fail() {
        for (int round = 0; round < 5; round++) {
            RunResult result =
                    program("print('ran')").preload(1, "no_such_module").runIn(SLOTS.slot(FORKED));
            assertThat(text(result.stdout())).isEqualTo("ran\n");
            assertThat(result.phases().birth()).isEqualTo(Birth.EXECUTED);
        }
    }

    @Test
    void settings_of_the_interpreter_hold() {
        for (String setting : List.of("PYTHONOPTIMIZE=1", "PYTHONHASHSEED=7", "PYTHONPATH=/usr/lib/python3")) {
            String[] both = setting.split("=", -1);
            Guest guest = program("import sys\nprint(__debug__, sys.flags, sys.path)"
                            + (both[0].equals("PYTHONHASHSEED") ? "\nprint(hash('a'))" : ""))
                    .environment(Map.of(both[0], both[1]));
            RunResult cold = guest.runIn(SLOTS.slot(COLD));
            assertSame(forked(guest, SLOTS.slot(FORKED)), cold);
        }
    }

    @Test
    void what_the_job_itself_brings_to_the_start_of_an_interpreter_is_heeded() {
        String customizes = "print('customized')";
        Guest beside = program("print('ran')")
                .environment(Map.of("PYTHONPATH", "/work/lib"))
                .file("lib/sitecustomize.py", customizes, false);
        Guest atHome = program("print('ran')");
        for (int minor = 6; minor < 20; minor++) {
            atHome.file(".local/lib/python3." + minor + "/site-packages/own.pth", "import sys; " + customizes, false);
        }
        for (Guest guest : List.of(beside, atHome)) {
            for (int round = 0; round < 4; round++) {
                RunResult result = guest.preload(1).runIn(SLOTS.slot(FORKED));
                assertThat(text(result.stdout())).isEqualTo("customized\nran\n");
            }
        }
    }
}
