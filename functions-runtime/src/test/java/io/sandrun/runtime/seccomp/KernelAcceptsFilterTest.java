package io.sandrun.runtime.seccomp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The real kernel takes the filter and real programs live under it; python3 with ctypes is the installer. */
class KernelAcceptsFilterTest {
    private static final Path PYTHON = Path.of("/usr/bin/python3");

    /** 38 is PR_SET_NO_NEW_PRIVS; 22, 2 are PR_SET_SECCOMP, SECCOMP_MODE_FILTER. */
    private static final String INSTALL = """
            import ctypes, errno, os, socket, subprocess, sys, threading
            code = open(sys.argv[1], 'rb').read()
            class Program(ctypes.Structure):
                _fields_ = [('length', ctypes.c_ushort), ('filter', ctypes.c_char_p)]
            libc = ctypes.CDLL(None, use_errno=True)
            assert libc.prctl(38, 1, 0, 0, 0) == 0
            assert libc.prctl(22, 2, ctypes.byref(Program(len(code) // 8, code))) == 0, ctypes.get_errno()
            def refused(family, kind, protocol=0):
                try:
                    socket.socket(family, kind, protocol).close()
                    return 'open'
                except OSError as e:
                    return errno.errorcode[e.errno]
            """;

    @TempDir
    Path directory;

    @Test
    void threads_processes_and_sockets_work_under_it_and_the_forbidden_is_refused() throws Exception {
        String script = INSTALL + """
                worker = threading.Thread(target=print, args=('thread',), kwargs={'flush': True})
                worker.start(); worker.join()
                print(subprocess.getoutput('echo child | cat'))
                print(refused(socket.AF_INET, socket.SOCK_STREAM), refused(38, socket.SOCK_SEQPACKET))
                print(refused(socket.AF_INET, socket.SOCK_RAW, 1), len(socket.if_nameindex()) > 0)
                print(libc.unshare(0x10000000), errno.errorcode[ctypes.get_errno()])
                """;

        assertThat(runUnderFilter(script))
                .containsExactly("thread", "child", "open EAFNOSUPPORT", "EPERM True", "-1 EPERM");
    }

    private String[] runUnderFilter(String script) throws IOException, InterruptedException {
        Optional<Architecture> architecture = Architecture.current();
        assumeTrue(architecture.isPresent(), "no policy for this processor");
        assumeTrue(Files.isExecutable(PYTHON), "needs " + PYTHON);
        Path filter =
                Files.write(directory.resolve("filter"), SeccompPolicy.compile(architecture.orElseThrow(), Set.of()));
        Path output = directory.resolve("output");
        Process process = new ProcessBuilder(PYTHON.toString(), "-c", script, filter.toString())
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        assertThat(process.waitFor(20, TimeUnit.SECONDS)).isTrue();
        return Files.readString(output, StandardCharsets.UTF_8).strip().split("\n", -1);
    }
}
