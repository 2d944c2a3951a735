package io.sandrun.benchmarks.fuzz;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A harness class with a {@code fuzzerTestOneInput(byte[])}, run by Jazzer in a process of its own. */
final class JvmTarget implements FuzzTarget {
    private final String name;
    private final Class<?> harness;
    private Path scratch = Path.of("");

    JvmTarget(String name, Class<?> harness) {
        this.name = name;
        this.harness = harness;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public String open(Path directory) {
        scratch = directory;
        return "";
    }

    @Override
    public List<String> command() {
        return new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "-Xmx1g",
                "-Djava.io.tmpdir=" + scratch,
                "-cp",
                System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                "com.code_intelligence.jazzer.Jazzer",
                "--target_class=" + harness.getName(),
                // Coverage of our own classes; what libraries make of their bytes is not under test.
                "--instrumentation_includes=io.sandrun.**",
                "--custom_hook_includes=io.sandrun.**",
                // It guards against requests to where an input says; ours go to the broker under test.
                "--disabled_hooks=com.code_intelligence.jazzer.sanitizers.ServerSideRequestForgery",
                "--reproducer_path=" + scratch));
    }
}
