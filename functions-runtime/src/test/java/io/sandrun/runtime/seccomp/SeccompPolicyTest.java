package io.sandrun.runtime.seccomp;

import static io.sandrun.runtime.seccomp.Verdict.ALLOW;
import static io.sandrun.runtime.seccomp.Verdict.EAFNOSUPPORT;
import static io.sandrun.runtime.seccomp.Verdict.ENOSYS;
import static io.sandrun.runtime.seccomp.Verdict.EPERM;
import static io.sandrun.runtime.seccomp.Verdict.KILL_PROCESS;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class SeccompPolicyTest {
    /** The kernel's BPF_MAXINSNS. */
    private static final int MOST_INSTRUCTIONS = 4096;

    /** All that rules ask for. */
    private static final Set<String> LAYERS = Set.of("cgroup:memory");

    private static final long DIRT = 0xFFFF_FFFF_0000_0000L;

    @ParameterizedTest
    @EnumSource
    void a_filter_fits_into_the_kernel_and_ends_in_an_answer(Architecture architecture) {
        byte[] filter = SeccompPolicy.compile(architecture, LAYERS);

        assertThat(filter.length % Instruction.BYTES).isZero();
        assertThat(filter.length / Instruction.BYTES).isLessThan(MOST_INSTRUCTIONS / 2);
        assertThat(filter[filter.length - Instruction.BYTES]).isEqualTo((byte) Instruction.RETURN);
    }

    @ParameterizedTest
    @EnumSource
    void every_known_number_gets_the_verdict_of_its_rules(Architecture architecture) {
        Calls calls = new Calls(architecture);
        SeccompPolicy.rulesByNumber(architecture, LAYERS).forEach((number, rules) -> {
            if (rules.size() == 1) {
                assertThat(calls.answer(number, 0, 0, 0, 0, 0, 0))
                        .as("number %d", number)
                        .isEqualTo(rules.get(0).verdict().returnValue());
            }
        });
    }

    @ParameterizedTest
    @EnumSource
    void numbers_in_the_gaps_and_above_the_table_do_not_exist(Architecture architecture) {
        Calls calls = new Calls(architecture);
        Set<Integer> known =
                new HashSet<>(SeccompPolicy.numbersByCall(architecture).values());
        for (int number = 0; number < 2_000; number++) {
            if (!known.contains(number)) {
                assertThat(calls.answer(number)).as("number %d", number).isEqualTo(ENOSYS.returnValue());
            }
        }
        assertThat(calls.answer(0x3FFFFFFF)).isEqualTo(ENOSYS.returnValue());
    }

    /** The kernel takes the strictest answer: the lowest, as a signed number, of what is above the errno. */
    @ParameterizedTest
    @EnumSource
    void a_forked_job_with_its_zygotes_filter_may_what_an_executed_one_may(Architecture architecture) {
        BpfMachine whole = new BpfMachine(SeccompPolicy.compile(architecture, LAYERS));
        BpfMachine zygotes = new BpfMachine(SeccompPolicy.compileForZygote(architecture, LAYERS));
        BpfMachine narrow = new BpfMachine(SeccompPolicy.compileForForked(architecture));
        long seed = System.nanoTime();
        Random random = new Random(seed);
        int differing = 0;
        for (int number = -1; number < 2_000; number++) {
            for (int arch : List.of(architecture.auditNumber(), 0x40000003)) {
                for (int round = 0; round < 40; round++) {
                    long[] arguments = random.longs(6)
                            .map(argument -> argument >>> random.nextInt(Long.SIZE))
                            .toArray();
                    int job = whole.run(arch, number, arguments);
                    int zygote = zygotes.run(arch, number, arguments);
                    int added = narrow.run(arch, number, arguments);
                    assertThat((added & ~0xFFFF) < (zygote & ~0xFFFF) ? added : zygote)
                            .as(
                                    "seed %d, architecture %x, number %d, %s",
                                    seed, arch, number, Arrays.toString(arguments))
                            .isEqualTo(job);
                    differing += job == zygote ? 0 : 1;
                }
            }
        }
        assertThat(differing).isEqualTo(40);
    }

    @ParameterizedTest
    @EnumSource
    void calls_of_another_architecture_kill_the_process(Architecture architecture) {
        BpfMachine machine = new BpfMachine(SeccompPolicy.compile(architecture, LAYERS));
        int auditNumberOfI386 = 0x40000003;
        int auditNumberOfArm = 0x40000028;
        for (int other : List.of(auditNumberOfI386, auditNumberOfArm, 0)) {
            assertThat(machine.run(other, 0)).isEqualTo(KILL_PROCESS.returnValue());
        }
        for (Architecture other : Architecture.values()) {
            if (other != architecture) {
                assertThat(machine.run(other.auditNumber(), 0)).isEqualTo(KILL_PROCESS.returnValue());
            }
        }
    }

    @Test
    void calls_of_the_x32_abi_kill_the_process() {
        Calls calls = new Calls(Architecture.X86_64);
        for (int number : List.of(0x40000000, 0x40000001, 0x40000207, -1)) {
            assertThat(calls.answer(number)).isEqualTo(KILL_PROCESS.returnValue());
        }
    }

    @ParameterizedTest
    @EnumSource
    void no_new_namespace_can_be_made_or_entered(Architecture architecture) {
        Calls calls = new Calls(architecture);
        long ordinaryThread = 0x3D0F00;
        calls.expect(ALLOW, "clone", ordinaryThread);
        calls.expect(ALLOW, "clone", 17);
        for (long namespace :
                List.of(0x20000L, 0x02000000L, 0x04000000L, 0x08000000L, 0x10000000L, 0x20000000L, 0x40000000L)) {
            calls.expect(EPERM, "clone", namespace | 17);
            calls.expect(EPERM, "clone", DIRT | namespace);
        }
        calls.expect(ENOSYS, "clone3");
        calls.expect(EPERM, "unshare", 0x10000000);
        calls.expect(EPERM, "setns");
        calls.expect(EPERM, "mount");
        calls.expect(EPERM, "pivot_root");
        calls.expect(EPERM, "open_tree");
    }

    @ParameterizedTest
    @EnumSource
    void only_everyday_socket_families_are_allowed(Architecture architecture) {
        Calls calls = new Calls(architecture);
        for (String call : List.of("socket", "socketpair")) {
            for (long family = 0; family < 64; family++) {
                boolean allowed = Set.of(1L, 2L, 10L, 16L).contains(family);
                calls.expect(allowed ? ALLOW : EAFNOSUPPORT, call, family, 1, 0);
                calls.expect(allowed ? ALLOW : EAFNOSUPPORT, call, DIRT | family, 1, 0);
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void netlink_speaks_only_of_routes(Architecture architecture) {
        Calls calls = new Calls(architecture);
        calls.expect(ALLOW, "socket", 16, 3 | 0x80000, 0);
        for (long protocol = 1; protocol < 32; protocol++) {
            calls.expect(EAFNOSUPPORT, "socket", 16, 3, protocol);
        }
    }

    @ParameterizedTest
    @EnumSource
    void raw_and_packet_sockets_are_refused_whatever_their_flags(Architecture architecture) {
        Calls calls = new Calls(architecture);
        for (long family : List.of(2L, 10L)) {
            for (long type : List.of(3L, 10L, 3L | 0x80000, 3L | 0x800, DIRT | 3L)) {
                calls.expect(EPERM, "socket", family, type, 255);
            }
            calls.expect(ALLOW, "socket", family, 1 | 0x80000, 6);
            calls.expect(ALLOW, "socket", family, 2 | 0x800, 17);
        }
    }

    @ParameterizedTest
    @EnumSource
    void terminals_cannot_be_typed_into(Architecture architecture) {
        Calls calls = new Calls(architecture);
        for (long request : List.of(0x5412L, 0x541CL, 0x541DL)) {
            calls.expect(EPERM, "ioctl", 0, request);
            calls.expect(EPERM, "ioctl", 0, DIRT | request);
        }
        calls.expect(ALLOW, "ioctl", 0, 0x5401);
        calls.expect(ALLOW, "ioctl", 0, 0x541B);
    }

    @ParameterizedTest
    @EnumSource
    void only_harmless_personalities_are_allowed(Architecture architecture) {
        Calls calls = new Calls(architecture);
        for (long persona : List.of(0L, 8L, 0x20000L, 0x20008L, 0xFFFFFFFFL)) {
            calls.expect(ALLOW, "personality", persona);
        }
        for (long persona : List.of(1L, 0x40000L, 0x400000L, 0x20009L)) {
            calls.expect(EPERM, "personality", persona);
        }
    }

    @ParameterizedTest
    @EnumSource
    void devices_cannot_be_made(Architecture architecture) {
        Calls calls = new Calls(architecture);
        for (long type : List.of(0x2000L, 0x6000L)) {
            calls.expect(EPERM, "mknod", 0, type | 0666, 0x103);
            calls.expect(EPERM, "mknodat", 0, 0, type | 0666, 0x103);
        }
        for (long type : List.of(0L, 0x1000L, 0x8000L, 0xC000L)) {
            calls.expect(ALLOW, "mknod", 0, type | 0666);
            calls.expect(ALLOW, "mknodat", 0, 0, type | 0666);
        }
    }

    @ParameterizedTest
    @EnumSource
    void set_user_id_bits_cannot_be_set(Architecture architecture) {
        Calls calls = new Calls(architecture);
        for (long bits : List.of(04755L, 02755L, 06000L)) {
            calls.expect(EPERM, "chmod", 0, bits);
            calls.expect(EPERM, "fchmod", 0, bits);
            calls.expect(EPERM, "fchmodat", 0, 0, bits);
            calls.expect(EPERM, "fchmodat2", 0, 0, bits);
        }
        calls.expect(ALLOW, "chmod", 0, 01777);
        calls.expect(ALLOW, "fchmodat", 0, 0, 0755);
    }

    @ParameterizedTest
    @EnumSource
    void dangerous_calls_are_refused_and_everyday_calls_are_not(Architecture architecture) {
        Calls calls = new Calls(architecture);
        for (String call : List.of(
                "ptrace",
                "process_vm_readv",
                "process_vm_writev",
                "name_to_handle_at",
                "open_by_handle_at",
                "bpf",
                "fanotify_mark",
                "adjtimex",
                "clock_adjtime",
                "statmount",
                "listmount",
                "memfd_secret",
                "keyctl",
                "add_key",
                "io_uring_setup",
                "io_setup",
                "userfaultfd",
                "perf_event_open",
                "kexec_load",
                "reboot",
                "init_module",
                "chroot",
                "pidfd_getfd",
                "syslog",
                "swapon",
                "sethostname",
                "modify_ldt",
                "iopl")) {
            calls.expect(EPERM, call);
        }
        for (String call : List.of(
                "read",
                "write",
                "openat",
                "openat2",
                "mmap",
                "mprotect",
                "execve",
                "fork",
                "futex",
                "rseq",
                "getrandom",
                "prctl",
                "landlock_restrict_self",
                "flock",
                "exit_group",
                "arch_prctl",
                "epoll_pwait2",
                "close_range")) {
            calls.expect(ALLOW, call);
        }
    }

    @ParameterizedTest
    @EnumSource
    void memory_that_is_in_no_process_needs_a_group_that_counts_it(Architecture architecture) {
        Map<String, Integer> numbers = SeccompPolicy.numbersByCall(architecture);
        int memfdCreate = numbers.getOrDefault("memfd_create", -1);
        BpfMachine counted = new BpfMachine(SeccompPolicy.compile(architecture, LAYERS));
        BpfMachine uncounted = new BpfMachine(SeccompPolicy.compile(architecture, Set.of()));
        assertThat(counted.run(architecture.auditNumber(), memfdCreate)).isEqualTo(ALLOW.returnValue());
        assertThat(uncounted.run(architecture.auditNumber(), memfdCreate)).isEqualTo(EPERM.returnValue());
        for (String call : List.of("shmget", "semget", "msgget")) {
            new Calls(architecture).expect(EPERM, call);
        }
    }

    @ParameterizedTest
    @EnumSource
    void huge_pages_of_the_host_cannot_be_taken(Architecture architecture) {
        Calls calls = new Calls(architecture);
        calls.expect(ALLOW, "mmap", 0, 4096, 3, 0x22);
        calls.expect(EPERM, "mmap", 0, 4096, 3, 0x40022);
        calls.expect(ALLOW, "memfd_create", 0, 1);
        calls.expect(EPERM, "memfd_create", 0, 5);
    }

    @Test
    void every_rule_has_a_reason_of_words() {
        SeccompPolicy.rulesByCall(LAYERS)
                .forEach((call, rules) -> assertThat(rules)
                        .as(call)
                        .allSatisfy(rule -> assertThat(rule.reason()).containsPattern("[a-z]{3,}")));
    }

    @ParameterizedTest
    @EnumSource
    void numbers_and_names_are_unique(Architecture architecture) {
        Map<String, Integer> numbers = SeccompPolicy.numbersByCall(architecture);
        assertThat(numbers.values()).doesNotHaveDuplicates().hasSizeGreaterThan(300);
        assertThat(numbers.values().stream().toList()).isSorted();
    }

    @Test
    void the_tables_agree_with_well_known_numbers() {
        assertThat(SeccompPolicy.numbersByCall(Architecture.X86_64))
                .containsEntry("read", 0)
                .containsEntry("execve", 59)
                .containsEntry("clone3", 435);
        assertThat(SeccompPolicy.numbersByCall(Architecture.AARCH64))
                .containsEntry("read", 63)
                .containsEntry("execve", 221)
                .containsEntry("clone3", 435)
                .doesNotContainKey("fork");
    }

    @Test
    void the_processor_is_recognised_by_the_name_that_java_gives_it() {
        assertThat(Architecture.ofJavaName("amd64")).contains(Architecture.X86_64);
        assertThat(Architecture.ofJavaName("aarch64")).contains(Architecture.AARCH64);
        assertThat(Architecture.ofJavaName("riscv64")).isEmpty();
    }

    /** Asks one architecture's filter by the names of calls; a name that it lacks has no answer to be wrong. */
    private static final class Calls {
        private final int auditNumber;
        private final Map<String, Integer> numbers;
        private final BpfMachine machine;

        Calls(Architecture architecture) {
            auditNumber = architecture.auditNumber();
            numbers = SeccompPolicy.numbersByCall(architecture);
            machine = new BpfMachine(SeccompPolicy.compile(architecture, LAYERS));
        }

        int answer(int number, long... arguments) {
            return machine.run(auditNumber, number, arguments);
        }

        void expect(Verdict verdict, String call, long... arguments) {
            Integer number = numbers.get(call);
            if (number != null) {
                assertThat(answer(number, arguments))
                        .as("%s%s", call, Arrays.toString(arguments))
                        .isEqualTo(verdict.returnValue());
            }
        }
    }
}
