package io.sandrun.benchmarks.hostile;

import static org.assertj.core.api.Assertions.assertThat;

import io.sandrun.runtime.Isolation;
import java.io.FileInputStream;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The control of the soak: what is left behind is found. */
class TracesTest {
    @TempDir
    Path state;

    @Test
    void each_thing_that_is_left_behind_is_told() throws Exception {
        String mark = "sandrun-traces-" + ProcessHandle.current().pid();
        Traces.Scene scene = new Traces.Scene(new Isolation(List.of()), state, mark);
        Traces before = scene.lookWhenQuiet();
        assertThat(scene.differencesFrom(before)).isEmpty();

        Path marked = Files.createFile(Path.of("/tmp", mark));
        Files.createFile(state.resolve("left"));
        Process process = new ProcessBuilder("sleep", "60").start();
        try (InputStream descriptor = new FileInputStream("/dev/null")) {
            assertThat(descriptor.available()).isZero();
            assertThat(scene.differencesFrom(before))
                    .extracting(difference -> difference.substring(0, difference.indexOf(':')))
                    .contains(
                            "processes of the agent",
                            "descriptors of the agent",
                            "files of the agent",
                            "files that carry the mark");
        } finally {
            process.destroyForcibly();
            Files.delete(marked);
        }
    }
}
