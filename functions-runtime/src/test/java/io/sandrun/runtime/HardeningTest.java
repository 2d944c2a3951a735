package io.sandrun.runtime;

import static io.sandrun.runtime.Guest.bash;
import static io.sandrun.runtime.Guest.python;
import static io.sandrun.runtime.Guest.sh;
import static io.sandrun.runtime.Guest.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.sandrun.runtime.seccomp.Architecture;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Ways around the filter and out of the identity. Real sandboxes; run again as nobody by UnprivilegedTest. */
class HardeningTest {
    private static final int SIGSEGV = 11;
    private static final int SIGSYS = 31;

    /** Calls that reach the kernel's inside, other processes, mounts, the clock or the machine itself. */
    private static final String REFUSED_CALLS = """
            ptrace process_vm_readv process_vm_writev kcmp pidfd_getfd bpf keyctl add_key request_key
            userfaultfd perf_event_open io_uring_setup io_uring_enter io_uring_register io_setup mount umount2
            pivot_root open_tree move_mount fsopen fsconfig fsmount fspick mount_setattr statmount listmount
            chroot setns unshare kexec_load kexec_file_load init_module finit_module delete_module reboot
            clock_settime settimeofday adjtimex clock_adjtime memfd_secret name_to_handle_at open_by_handle_at
            quotactl acct swapon swapoff sethostname setdomainname iopl ioperm vhangup fanotify_init modify_ldt
            migrate_pages move_pages mbind set_mempolicy syslog
            """;

    /** {@code call(name, arguments...)} makes a system call by its name and gives the error's name, or "done". */
    private static final String CALLS = """
            import ctypes, errno, os
            libc = ctypes.CDLL(None, use_errno=True)
            libc.syscall.restype = ctypes.c_long
            numbers = {line.split()[0]: int(line.split()[1]) for line in open('/work/numbers') if line[0] != '#'}
            def call(name, *arguments):
                words = [a if isinstance(a, bytes) else ctypes.c_ulong(a) for a in arguments]
                result = libc.syscall(ctypes.c_long(numbers[name]), *words)
                return errno.errorcode[ctypes.get_errno()] if result == -1 else 'done'
            """;

    @RegisterExtension
    static final OpenSlots SLOTS = OpenSlots.of(2);

    private static List<String> lines(Guest guest) {
        RunResult result = guest.runIn(SLOTS.slot());
        assertThat(text(result.stderr())).isEmpty();
        return text(result.stdout()).lines().toList();
    }

    private static List<String> calling(String script) throws IOException {
        return lines(python(CALLS + script).file("numbers", numbers(), false));
    }

    private static String numbers() throws IOException {
        String name = Architecture.current().orElseThrow().kernelName();
        try (InputStream in = Architecture.class.getResourceAsStream("syscalls-" + name + ".txt")) {
            return new String(Objects.requireNonNull(in).readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private static void assumeX86() {
        assumeTrue(Architecture.current().equals(Optional.of(Architecture.X86_64)), "only x86-64 has this");
    }

    @Test
    void calls_that_reach_beyond_the_job_are_refused() throws Exception {
        String script = "for name in '''" + REFUSED_CALLS + "'''.split():\n"
                + "    if name in numbers: print(name, call(name, 0, 0, 0, 0, 0, 0))";
        assertThat(calling(script)).hasSizeGreaterThan(50).allMatch(line -> line.endsWith(" EPERM"));
    }

    @Test
    void no_flag_of_clone_makes_a_namespace_and_clone3_does_not_exist() throws Exception {
        String script = """
                for flag in (0x20000, 0x2000000, 0x4000000, 0x8000000, 0x10000000, 0x20000000, 0x40000000):
                    print(call('clone', flag | 17, 0, 0, 0, 0))
                print(call('clone3', 0, 0))
                """;
        assertThat(calling(script))
                .containsExactly("EPERM", "EPERM", "EPERM", "EPERM", "EPERM", "EPERM", "EPERM", "ENOSYS");
    }

    @Test
    void calls_of_the_x32_abi_kill() {
        assumeX86();
        RunResult result = python("import ctypes; ctypes.CDLL(None).syscall(0x40000000 | 39)")
                .runIn(SLOTS.slot());
        assertThat(result.signal()).isEqualTo(SIGSYS);
    }

    @Test
    void calls_through_the_32_bit_gate_kill() {
        assumeX86();
        String script = """
                import ctypes, mmap
                page = mmap.mmap(-1, 4096, prot=mmap.PROT_READ | mmap.PROT_WRITE | mmap.PROT_EXEC)
                page.write(bytes.fromhex('b814000000cd80c3'))  # mov eax, getpid; int 0x80; ret
                address = ctypes.addressof(ctypes.c_char.from_buffer(page))
                print(ctypes.CFUNCTYPE(ctypes.c_int)(address)())
                """;
        RunResult result = python(script).runIn(SLOTS.slot());
        assertThat(result.stdout().totalBytes()).isZero();
        // A kernel without 32-bit calls does not have the gate.
        assertThat(result.signal()).isIn(SIGSYS, SIGSEGV);
    }

    @Test
    void only_everyday_sockets_can_be_made() throws Exception {
        String script = """
                # KEY PACKET RDS CAN TIPC BLUETOOTH RXRPC ALG VSOCK XDP
                for family in (15, 17, 21, 29, 30, 31, 33, 38, 40, 44):
                    print(call('socket', family, 3, 0), call('socket', family, 5, 0))
                print(call('socket', 16, 3, 9), call('socket', 16, 3, 15))  # NETLINK: AUDIT, KOBJECT_UEVENT
                print(call('socket', 2, 3, 1), call('socket', 10, 0x80003, 58))  # RAW, with a flag
                """;
        List<String> answers = calling(script);
        assertThat(answers.subList(0, 11)).allMatch(line -> line.equals("EAFNOSUPPORT EAFNOSUPPORT"));
        assertThat(answers.get(11)).isEqualTo("EPERM EPERM");
    }

    @Test
    void dirt_in_the_upper_half_of_an_argument_does_not_hide_it() throws Exception {
        String script = """
                for request in (0x5412, 0x541C, 0x541D):
                    print(call('ioctl', 0, request, 0), call('ioctl', 0, 0xdead00000000 | request, 0))
                """;
        assertThat(calling(script)).hasSize(3).containsOnly("EPERM EPERM");
    }

    @Test
    void there_is_no_terminal_to_type_into() {
        String script = "import os; print(os.getsid(0) == os.getpid())\n"
                + "try: os.open('/dev/tty', os.O_RDWR)\nexcept OSError as e: print(e.strerror)";
        assertThat(lines(python(script))).containsExactly("True", "No such file or directory");
    }

    @Test
    void no_mode_and_no_node_gives_rights() throws Exception {
        String script = """
                os.close(os.open('/work/f', os.O_CREAT))
                for mode in (0o4755, 0o2755, 0o6755):
                    print(call('fchmodat', -100 & 0xffffffff, b'/work/f', mode))
                print(call('mknodat', -100 & 0xffffffff, b'/work/null', 0o20666, 0x103))
                print(call('mknodat', -100 & 0xffffffff, b'/work/disk', 0o60666, 0x800))
                """;
        assertThat(calling(script)).hasSize(5).containsOnly("EPERM");
    }

    @Test
    void address_randomisation_cannot_be_switched_off() throws Exception {
        assertThat(calling(
                        "print(call('personality', 0x40000), call('personality', 0x400000), call('personality', 8))"))
                .containsExactly("EPERM EPERM done");
    }

    @Test
    void nobody_dumps_core_for_it_neither_a_file_nor_the_hosts_crash_handler() throws Exception {
        String script = """
                import resource
                print(resource.getrlimit(resource.RLIMIT_CORE))
                try: resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
                except (ValueError, OSError) as e: print('refused')
                limit = ctypes.create_string_buffer(16)
                print(call('prlimit64', 0, 4, ctypes.addressof(limit), 0), call('prlimit64', 0, 4, 0, 0))
                print(call('prlimit64', 0, 4, 0x100000000, 0))
                """;
        assertThat(calling(script)).containsExactly("(1, 1)", "refused", "EPERM done", "EPERM");
        assertThat(lines(bash("exec 2>/dev/null; (kill -ABRT $BASHPID); ls -A /work")))
                .isEmpty();
    }

    @Test
    void abstract_sockets_of_the_host_are_out_of_reach() throws Exception {
        assumeTrue(Files.isExecutable(Path.of("/usr/bin/python3")), "/usr/bin/python3 is not installed");
        String name = "sandrun-test-" + ProcessHandle.current().pid();
        Process host = new ProcessBuilder(
                        "/usr/bin/python3",
                        "-c",
                        "import socket\ns = socket.socket(socket.AF_UNIX); s.bind('\\0" + name + "'); s.listen()\n"
                                + "c = socket.socket(socket.AF_UNIX); c.connect('\\0" + name + "')\n"
                                + "print('listening', flush=True); input()")
                .start();
        try {
            assertThat(host.inputReader(StandardCharsets.UTF_8).readLine()).isEqualTo("listening");
            String script = "import socket\ntry: socket.socket(socket.AF_UNIX).connect('\\0" + name + "')\n"
                    + "except OSError as e: print(e.strerror)";
            assertThat(lines(python(script))).containsExactly("Connection refused");
        } finally {
            host.destroyForcibly();
        }
    }

    @Test
    void the_name_of_the_host_is_always_the_same() {
        assertThat(lines(sh("uname -n; cat /proc/sys/kernel/hostname /proc/sys/kernel/domainname")))
                .startsWith("sandrun", "sandrun")
                .hasSize(3);
    }

    @Test
    void no_id_but_the_sandboxs_own_exists() {
        List<String> maps = lines(sh("cat /proc/self/uid_map /proc/self/gid_map"));
        assertThat(maps).hasSize(SLOTS.sandboxes().isolation().isActive("uid-per-slot") ? 4 : 2);
        assertThat(maps.stream().map(line -> line.strip().split(" +", -1)).toList())
                .allMatch(range -> List.of("0", "1000").contains(range[0]) && range[2].equals("1"));
        assertThat(lines(sh("stat -c %u:%g /usr /usr/bin/env /dev/null"))).containsOnly("65534:65534");
        String script = """
                import os
                open('/work/f', 'w')
                for uid in (0, 1, 1001, 65534, 1879048192):
                    try: os.chown('/work/f', uid, -1); print('given away')
                    except OSError: pass
                """;
        assertThat(lines(python(script))).isEmpty();
    }

    @Test
    void sandboxes_that_run_at_one_time_have_host_users_of_their_own() throws Exception {
        assumeTrue(SLOTS.sandboxes().isolation().isActive("uid-per-slot"), "the agent is not root");
        String one = HostProcesses.freshSeconds();
        String other = HostProcesses.freshSeconds();
        Map<String, Cancellation> cancellations = Map.of(one, new Cancellation(), other, new Cancellation());
        List<Thread> runs = cancellations.entrySet().stream()
                .map(run -> new Thread(() -> SLOTS.slot(run.getKey().equals(other) ? 1 : 0)
                        .run(sh("exec sleep " + run.getKey()).request(), run.getValue())))
                .toList();
        runs.forEach(Thread::start);
        try {
            assertThat(Files.getAttribute(HostProcesses.await(one), "unix:uid"))
                    .isNotEqualTo(Files.getAttribute(HostProcesses.await(other), "unix:uid"));
        } finally {
            cancellations.values().forEach(Cancellation::cancel);
            for (Thread run : runs) {
                run.join();
            }
        }
    }

    @Test
    void what_tells_of_the_host_reads_as_empty_and_nothing_of_proc_can_be_written() {
        String hidden = List.of("cmdline", "interrupts", "keys", "key-users", "kcore", "timer_list").stream()
                .map(name -> "/proc/" + name)
                .collect(Collectors.joining(" "));
        assertThat(lines(sh("cat " + hidden + " 2>/dev/null; ls -A /proc/acpi /proc/scsi /proc/asound 2>/dev/null"
                        + " | grep -v '^/proc' | grep .")))
                .isEmpty();
        String script = """
                import os
                null = os.stat('/dev/null').st_rdev
                for directory, _, names in os.walk('/proc'):
                    for path in (os.path.join(directory, name) for name in names):
                        try:
                            os.close(os.open(path, os.O_WRONLY))
                            if os.stat(path).st_rdev != null: print(path)
                        except OSError: pass
                """;
        assertThat(lines(python(script))).allMatch(line -> line.matches("/proc/.*/fd/\\d+"));
    }
}
