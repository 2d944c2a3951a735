package io.sandrun.runtime;

import static io.sandrun.runtime.Guest.command;
import static io.sandrun.runtime.Guest.python;
import static io.sandrun.runtime.Guest.sh;
import static io.sandrun.runtime.Guest.text;
import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What a command must not be able to do. Real sandboxes; run again as nobody by UnprivilegedTest. */
class ContainmentTest {
    @RegisterExtension
    static final OpenSlots SLOTS = OpenSlots.of(1);

    private static List<String> lines(Guest guest) {
        return text(guest.runIn(SLOTS.slot()).stdout()).lines().toList();
    }

    @Test
    void only_its_own_processes_are_visible() {
        assertThat(lines(python("import os; print(sorted(p for p in os.listdir('/proc') if p.isdigit()))")))
                .containsExactly("['1', '2']");
    }

    @Test
    void the_loopback_of_the_host_cannot_be_reached() throws Exception {
        try (ServerSocket server = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
            String script = "import socket\ntry: socket.create_connection(('127.0.0.1', " + server.getLocalPort()
                    + "), 2)\nexcept OSError as e: print(type(e).__name__)";
            assertThat(lines(python(script))).containsExactly("ConnectionRefusedError");
        }
    }

    @Test
    void its_own_loopback_works() {
        String script = "import socket\ns = socket.create_server(('127.0.0.1', 0))\n"
                + "c = socket.create_connection(s.getsockname()); print(c.getpeername()[0])";
        assertThat(lines(python(script))).containsExactly("127.0.0.1");
    }

    @Test
    void no_network_is_left() {
        assertThat(lines(sh("tail -n +3 /proc/net/dev | cut -d: -f1")))
                .allMatch(line -> line.strip().equals("lo"));
        assertThat(lines(python("import socket\ntry: socket.create_connection(('192.0.2.1', 80), 2)\n"
                        + "except OSError as e: print(e.strerror)")))
                .containsExactly("Network is unreachable");
    }

    @Test
    void the_host_tree_beyond_the_system_is_absent() {
        assertThat(lines(sh("ls /")))
                .isSubsetOf(
                        "bin", "sbin", "lib", "lib32", "lib64", "libx32", "dev", "etc", "proc", "tmp", "usr", "var",
                        "work");
        String absent = "for f in /root /home /etc/shadow /etc/sudoers /etc/ssh /sys /run /mnt /opt /srv /boot /var/lib"
                + " /proc/1/root/etc /.old; do ls -d $f 2>/dev/null; done";
        assertThat(lines(sh(absent))).isEmpty();
    }

    @Test
    void the_system_cannot_be_written() {
        String script = "for f in /usr/x /etc/x /x /dev/x /proc/sys/kernel/hostname /proc/self/comm /etc/passwd;"
                + " do (echo x > $f) 2>&1; done; chmod 777 /usr /dev/null 2>&1; exit 0";
        assertThat(lines(sh(script)))
                .hasSize(9)
                .allMatch(line -> line.contains("Read-only file system")
                        || line.contains("Permission denied")
                        || line.contains("Operation not permitted"));
    }

    @Test
    void privileged_calls_are_refused() {
        String script = """
                import ctypes, errno, os
                libc = ctypes.CDLL(None, use_errno=True)
                def attempt(name, *arguments):
                    result = getattr(libc, name)(*arguments)
                    print(name, errno.errorcode.get(ctypes.get_errno()) if result < 0 else 'DONE')
                attempt('mount', b'none', b'/tmp', b'tmpfs', 0, None)
                attempt('umount2', b'/work', 2)
                attempt('unshare', 0x10000000)
                attempt('unshare', 0x00020000)
                attempt('setns', 0, 0)
                attempt('ptrace', 16, 1, 0, 0)
                attempt('pivot_root', b'/work', b'/work') if hasattr(libc, 'pivot_root') else None
                attempt('setuid', 0)
                attempt('setgid', 0)
                attempt('sethostname', b'x', 1)
                attempt('chroot', b'/work')
                attempt('mknod', b'/work/null', 0o20666, 0x103)
                attempt('bpf', 0, 0, 0) if hasattr(libc, 'bpf') else None
                """;
        assertThat(lines(python(script))).hasSizeGreaterThan(9).noneMatch(line -> line.endsWith("DONE"));
    }

    @Test
    void nothing_can_be_learned_from_pid_1() {
        String script =
                "cat /proc/1/environ /proc/1/maps /proc/1/mem 2>/dev/null; ls /proc/1/fd /proc/1/root/ 2>/dev/null;"
                        + " readlink /proc/1/exe; exit 0";
        assertThat(lines(sh(script))).isEmpty();
    }

    @Test
    void killing_pid_1_changes_nothing() {
        assertThat(lines(sh("kill -9 1 2>/dev/null; kill -STOP 1 2>/dev/null; echo alive")))
                .containsExactly("alive");
    }

    @Test
    void no_descriptor_leaks_in() {
        assertThat(lines(python("import os; print(sorted(os.listdir('/proc/self/fd')))")))
                .containsExactly("['0', '1', '2', '3']");
        assertThat(lines(sh("readlink /proc/self/fd/0 /proc/self/fd/1 | cut -d: -f1")))
                .containsExactly("pipe", "pipe");
    }

    @Test
    void it_is_nobody_of_the_host() throws Exception {
        String seconds = HostProcesses.freshSeconds();
        Cancellation cancellation = new Cancellation();
        Thread run =
                new Thread(() -> SLOTS.slot().run(sh("exec sleep " + seconds).request(), cancellation));
        run.start();
        try {
            Path process = HostProcesses.await(seconds);
            List<String> status = Files.readAllLines(process.resolve("status"));
            String uids = status.stream()
                    .filter(line -> line.startsWith("Uid:"))
                    .findFirst()
                    .orElseThrow();
            assertThat(uids.split("\\s+", -1)).doesNotContain("0");
            assertThat(status).contains("NoNewPrivs:\t1", "Seccomp:\t2", "CapEff:\t0000000000000000");
            if (SLOTS.sandboxes().isolation().isActive("uid-per-slot")) {
                assertThat(Integer.parseInt(uids.split("\\s+", -1)[1])).isGreaterThan(0x70000000);
            }
        } finally {
            cancellation.cancel();
            run.join();
        }
    }

    @Test
    void signals_and_umask_start_fresh() {
        assertThat(lines(sh("umask; grep -E 'SigBlk|SigIgn' /proc/self/status")))
                .containsExactly("0022", "SigBlk:\t0000000000000000", "SigIgn:\t0000000000000000");
    }

    @Test
    void set_uid_programs_gain_nothing() {
        assertThat(lines(sh("for p in /usr/bin/su /usr/bin/passwd /usr/bin/mount; do [ -u $p ] && $p --version"
                        + " >/dev/null 2>&1; done; id -u; grep NoNewPrivs /proc/self/status")))
                .containsExactly("1000", "NoNewPrivs:\t1");
    }

    @Test
    void keys_of_the_agent_are_not_visible() {
        assertThat(lines(command("/usr/bin/cat", "/proc/keys", "/proc/key-users")))
                .isEmpty();
    }
}
