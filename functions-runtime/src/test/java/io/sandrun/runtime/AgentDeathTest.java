package io.sandrun.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Nothing of a sandbox may outlive the agent that started it, nor one broken part the next run. */
class AgentDeathTest {
    @Test
    void an_agent_that_is_killed_takes_its_sandboxes_with_it_and_the_next_removes_the_rest(@TempDir Path directory)
            throws Exception {
        List<String> mounts = Files.readAllLines(Path.of("/proc/self/mountinfo"));
        Path state = Files.createDirectory(directory.resolve("state"));
        String classPath = System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
        Process agent = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        classPath,
                        AgentUnderTest.class.getName(),
                        "4714.25",
                        state.toString())
                .redirectErrorStream(true)
                .redirectOutput(directory.resolve("log").toFile())
                .start();
        try {
            HostProcesses.await("4714.25");
        } finally {
            agent.destroyForcibly();
        }
        assertThat(agent.waitFor(10, TimeUnit.SECONDS)).isTrue();
        HostProcesses.awaitEnd("4714.25");
        Sandboxes.open(new SandboxSettings(1, state)).close();
        assertThat(state).isEmptyDirectory();
        assertThat(groupsOf(agent.pid())).isEmpty();
        assertThat(Files.readAllLines(Path.of("/proc/self/mountinfo"))).isEqualTo(mounts);
    }

    private static List<Path> groupsOf(long pid) throws IOException {
        try (Stream<Path> groups = Files.find(
                Path.of("/sys/fs/cgroup"),
                12,
                (path, kind) -> path.getFileName().toString().startsWith("sandrun-" + pid + "-"))) {
            return groups.toList();
        }
    }

    @Test
    void a_resident_that_is_killed_fails_its_run_and_is_replaced_for_the_next() throws Exception {
        try (Sandboxes sandboxes = Sandboxes.open(new SandboxSettings(1, Path.of("/tmp")))) {
            Slot slot = sandboxes.slot(0);
            RunResult[] result = new RunResult[1];
            Thread run =
                    new Thread(() -> result[0] = Guest.sh("exec sleep 4714.5").runIn(slot));
            run.start();
            Path guest = HostProcesses.await("4714.5");
            long resident = parentOf(parentOf(Long.parseLong(guest.getFileName().toString())));
            ProcessHandle.of(resident).orElseThrow().destroyForcibly();
            run.join();
            assertThat(result[0].outcome()).isEqualTo(Outcome.SANDBOX_ERROR);
            assertThat(result[0].reason()).contains("resident");
            HostProcesses.awaitEnd("4714.5");
            assertThat(Guest.sh("true").runIn(slot).outcome()).isEqualTo(Outcome.OK);
        }
    }

    @Test
    void closing_leaves_no_process_behind() throws Exception {
        List<ProcessHandle> before = ProcessHandle.current().descendants().toList();
        try (Sandboxes sandboxes = Sandboxes.open(new SandboxSettings(3, Path.of("/tmp")))) {
            for (int index = 0; index < sandboxes.slots(); index++) {
                Guest.sh("true").runIn(sandboxes.slot(index));
            }
        }
        assertThat(ProcessHandle.current().descendants().toList()).isEqualTo(before);
    }

    private static long parentOf(long pid) throws Exception {
        return Files.readAllLines(Path.of("/proc/" + pid + "/status")).stream()
                .filter(line -> line.startsWith("PPid:"))
                .mapToLong(line -> Long.parseLong(line.substring(5).trim()))
                .findFirst()
                .orElseThrow();
    }
}
