package io.sandrun.benchmarks.hostile;

import static io.sandrun.runtime.Outcome.CANCELLED;
import static io.sandrun.runtime.Outcome.DISK_LIMIT;
import static io.sandrun.runtime.Outcome.EXIT_NONZERO;
import static io.sandrun.runtime.Outcome.INVALID_INPUT;
import static io.sandrun.runtime.Outcome.OK;
import static io.sandrun.runtime.Outcome.OUTPUT_LIMIT;
import static io.sandrun.runtime.Outcome.OUT_OF_MEMORY;
import static io.sandrun.runtime.Outcome.PROCESS_LIMIT;
import static io.sandrun.runtime.Outcome.SIGNALLED;
import static io.sandrun.runtime.Outcome.TIMED_OUT;

import io.sandrun.runtime.Outcome;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/** One way to misbehave, and how it may end. */
enum HostileKind {
    SLEEPER("exec sleep 600", TIMED_OUT),
    SPINNER("while :; do :; done", TIMED_OUT),
    SHORT_CHILDREN("while :; do /bin/true; done", TIMED_OUT),
    STOPPED("kill -STOP $$", TIMED_OUT),
    DEAF("trap '' TERM INT HUP QUIT; while :; do sleep 1; done", TIMED_OUT),
    BLOCKED("mkfifo f; cat f", TIMED_OUT),
    MUTE("exec 0<&- 1>&- 2>&-; exec sleep 600", TIMED_OUT),
    ENDLESS_EXEC("S='exec sh -c \"$S\"'; export S; exec sh -c \"$S\"", TIMED_OUT),
    CANCELLED_SLEEPER("sleep 600 & exec sleep 600", CANCELLED),

    FORK_CHAIN("b() { b | b & }; b; sleep 600", PROCESS_LIMIT, TIMED_OUT),
    CROWD("while :; do sleep 600 & done", PROCESS_LIMIT),
    FORK_BOMB("import os\nwhile True:\n  try: os.fork()\n  except OSError: pass", PROCESS_LIMIT, TIMED_OUT),
    THREADS(
            "import threading, time\nwhile True: threading.Thread(target=time.sleep, args=(600,)).start()",
            PROCESS_LIMIT,
            TIMED_OUT),

    MEMORY_HOG("x = []\nwhile True: x.append(bytearray(b'x') * (4 << 20))", OUT_OF_MEMORY),
    MEMORY_OF_MANY(
            "import os, time\nfor i in range(6):\n  if os.fork() == 0: break\nx = bytearray(b'x') * (40 << 20)\n"
                    + "time.sleep(600)",
            OUT_OF_MEMORY,
            TIMED_OUT),
    SHARED_MEMORY("import mmap\nx = mmap.mmap(-1, 1 << 30)\nfor i in range(0, 1 << 30, 4096): x[i] = 1", OUT_OF_MEMORY),
    SYSTEM_V_MEMORY("ipcmk -M 1000000 -p 600; ipcmk -S 10; exit 0", OK),

    DISK_FILLER("cat /dev/zero > /work/f", DISK_LIMIT),
    SHM_FILLER("cat /dev/zero > /dev/shm/f", DISK_LIMIT),
    MANY_FILES("i=0; while : > /tmp/$i; do i=$((i+1)); done", DISK_LIMIT),
    DEEP_DIRECTORIES("while mkdir d && cd d; do :; done; exit 1", DISK_LIMIT),
    ODD_FILES(
            "ln -s /etc/passwd l; ln -s ../../.. up; mkfifo p; ln p q; mkdir d; chmod 0 d;"
                    + " touch -- -rf \"$(printf 'a\\nb')\";"
                    + " for d in /work /tmp /dev/shm /var/tmp /; do touch $d/$MARK; done; exit 0",
            OK),
    DESCRIPTOR_HOG("x = []\nwhile True: x.append(open('/dev/null'))", EXIT_NONZERO),

    PRINTER("yes", OUTPUT_LIMIT),
    TWO_PRINTERS("yes >&2 & yes", OUTPUT_LIMIT),

    DAEMON("(setsid sh -c 'sleep 600 & exec sleep 600' >/dev/null 2>&1 &); exit 0", OK),
    STOPPED_DAEMON("(setsid sh -c 'kill -STOP $$' &); exit 0", OK),
    NOISY_DAEMON("(setsid yes &); exit 0", OK, OUTPUT_LIMIT),
    KILLER("trap '' TERM; kill -9 1; kill -STOP 1; kill -TERM -1; exit 0", OK, EXIT_NONZERO),
    CRASH("kill -SEGV $$", SIGNALLED),
    BURGLAR(
            "mount -t tmpfs x /tmp; umount -l /work; unshare -Ur true; chroot / true; mknod d c 1 1; dmesg;"
                    + " echo c > /proc/sysrq-trigger; echo 1 > /proc/sys/kernel/panic; exit 0",
            OK),
    NO_PROGRAM("", INVALID_INPUT);

    private static final String PYTHON = "/usr/bin/python3";

    private final String program;
    private final Outcome end;
    private final Outcome otherEnd;

    HostileKind(String program, Outcome end) {
        this(program, end, end);
    }

    HostileKind(String program, Outcome end, Outcome otherEnd) {
        this.program = program;
        this.end = end;
        this.otherEnd = otherEnd;
    }

    /** Those whose interpreter this machine has. */
    static List<HostileKind> runnable() {
        return List.of(values()).stream()
                .filter(kind -> !kind.isPython() || Files.isExecutable(Path.of(PYTHON)))
                .toList();
    }

    private boolean isPython() {
        return program.startsWith("import ") || program.startsWith("x = ");
    }

    List<String> command() {
        if (this == NO_PROGRAM) {
            return List.of("/work/nothing");
        }
        return isPython() ? List.of(PYTHON, "-I", "-S", "-c", program) : List.of("/bin/sh", "-c", program);
    }

    /** Whether the caller loses interest while it runs. */
    boolean isToBeCancelled() {
        return this == CANCELLED_SLEEPER;
    }

    boolean mayEndAs(Outcome outcome) {
        return ends().contains(outcome);
    }

    Set<Outcome> ends() {
        return EnumSet.of(end, otherEnd);
    }
}
