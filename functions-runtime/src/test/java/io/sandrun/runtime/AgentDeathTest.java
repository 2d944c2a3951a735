package io.sandrun.runtime;

import static io.sandrun.runtime.ForkedStartTest.PYTHON;
import static io.sandrun.runtime.ForkedStartTest.forked;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Nothing of a sandbox may outlive the agent that started it, nor one broken part the next run. */
class AgentDeathTest {
    @Test
    void an_agent_that_is_killed_takes_its_sandboxes_with_it_and_the_next_removes_the_rest(@TempDir Path directory)
            throws Exception {
        String seconds = HostProcesses.freshSeconds();
        List<String> mounts = Files.readAllLines(Path.of("/proc/self/mountinfo"));
        Path state = Files.createDirectory(directory.resolve("state"));
        Process agent = agent(AgentUnderTest.class, seconds, state.toString())
                .redirectErrorStream(true)
                .redirectOutput(directory.resolve("log").toFile())
                .start();
        try {
            HostProcesses.await(seconds);
        } finally {
            agent.destroyForcibly();
        }
        assertThat(agent.waitFor(10, TimeUnit.SECONDS)).isTrue();
        HostProcesses.awaitEnd(seconds);
        Sandboxes.open(new SandboxSettings(1, state)).close();
        assertThat(state).isEmptyDirectory();
        assertThat(groupsOf(agent.pid())).isEmpty();
        assertThat(Files.readAllLines(Path.of("/proc/self/mountinfo"))).isEqualTo(mounts);
    }

    private static ProcessBuilder agent(Class<?> program, String... arguments) {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                program.getName()));
        command.addAll(List.of(arguments));
        return new ProcessBuilder(command);
    }

    @Test
    void an_agent_that_is_killed_while_a_zygote_is_copied_leaves_nothing_either(@TempDir Path directory)
            throws Exception {
        assumeTrue(Files.isExecutable(Path.of(PYTHON)), PYTHON + " is not installed");
        List<String> mounts = Files.readAllLines(Path.of("/proc/self/mountinfo"));
        Path state = Files.createDirectory(directory.resolve("state"));
        Process agent = agent(CopyingAgentUnderTest.class, state.toString())
                .redirectError(directory.resolve("log").toFile())
                .start();
        List<ProcessHandle> below;
        try (var said = agent.inputReader()) {
            assertThat(said.readLine()).isEqualTo(CopyingAgentUnderTest.READY);
            // Who is stopped does not answer, and so the copy is being made for as long as it takes.
            for (ProcessHandle process : agent.descendants().toList()) {
                if (Files.readString(Path.of("/proc/" + process.pid() + "/cmdline"))
                        .contains("/hatch.py")) {
                    HostProcesses.signal("STOP", process.pid());
                }
            }
            agent.getOutputStream().write('\n');
            agent.getOutputStream().flush();
            assertThat(said.readLine()).isEqualTo(CopyingAgentUnderTest.COPYING);
            below = agent.descendants().toList();
        } finally {
            agent.destroyForcibly();
        }
        assertThat(agent.waitFor(10, TimeUnit.SECONDS)).isTrue();
        assertThat(below).hasSizeGreaterThan(3);
        for (ProcessHandle process : below) {
            process.onExit().get(10, TimeUnit.SECONDS);
        }
        try (Sandboxes next = Sandboxes.open(new SandboxSettings(1, state))) {
            assertThat(groupsOf(agent.pid())).isEmpty();
            forked(CopyingAgentUnderTest.guest(), next.slot(0));
        }
        assertThat(state).isEmptyDirectory();
        assertThat(Files.readAllLines(Path.of("/proc/self/mountinfo"))).isEqualTo(mounts);
    }

    private static List<Path> groupsOf(long pid) throws IOException {
        List<Path> found = new ArrayList<>();
        Files.walkFileTree(Path.of("/sys/fs/cgroup"), new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path group, BasicFileAttributes attributes) {
                if (group.getFileName().toString().startsWith("sandrun-" + pid + "-")) {
                    found.add(group);
                }
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFileFailed(Path file, IOException goneMeanwhile) {
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult postVisitDirectory(Path group, @Nullable IOException goneMeanwhile) {
                return FileVisitResult.CONTINUE;
            }
        });
        return found;
    }

    @Test
    void a_resident_that_is_killed_fails_its_run_and_is_replaced_for_the_next() throws Exception {
        try (Sandboxes sandboxes = Sandboxes.open(new SandboxSettings(1, Path.of("/tmp")))) {
            Slot slot = sandboxes.slot(0);
            String seconds = HostProcesses.freshSeconds();
            RunResult[] result = new RunResult[1];
            Thread run = new Thread(
                    () -> result[0] = Guest.sh("exec sleep " + seconds).runIn(slot));
            run.start();
            Path guest = HostProcesses.await(seconds);
            long resident = parentOf(parentOf(Long.parseLong(guest.getFileName().toString())));
            ProcessHandle.of(resident).orElseThrow().destroyForcibly();
            run.join();
            assertThat(result[0].outcome()).isEqualTo(Outcome.SANDBOX_ERROR);
            assertThat(result[0].reason()).contains("resident");
            HostProcesses.awaitEnd(seconds);
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
        assertThat(ProcessHandle.current().descendants()).isSubsetOf(before);
    }

    private static long parentOf(long pid) throws Exception {
        return Files.readAllLines(Path.of("/proc/" + pid + "/status")).stream()
                .filter(line -> line.startsWith("PPid:"))
                .mapToLong(line -> Long.parseLong(line.substring(5).trim()))
                .findFirst()
                .orElseThrow();
    }
}
