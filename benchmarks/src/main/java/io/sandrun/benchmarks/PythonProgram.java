package io.sandrun.benchmarks;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.sandrun.protocol.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * A program that is measured bare and as a job.
 *
 * @param output what it prints
 * @param modules that its environment has imported before; none for a job without an environment
 */
record PythonProgram(String name, String source, String output, List<String> modules) {
    static final PythonProgram HELLO = new PythonProgram("hello", "print('hello')", "hello\n", List.of());

    static final PythonProgram PANDAS = new PythonProgram(
            "pandas",
            "import pandas\nframe = pandas.DataFrame({'a': range(1000)})\nprint(frame.a.sum())",
            "499500\n",
            List.of("pandas"));

    static final List<PythonProgram> ALL = List.of(HELLO, PANDAS);

    /** Debian's, for which packages are there; what else the PATH has would start more slowly. */
    static final String PYTHON = "/usr/bin/python3";

    List<String> bare() {
        return List.of(PYTHON, "-c", source);
    }

    /** Whether its bare process takes far longer than a bare interpreter. */
    boolean isSlow() {
        return !modules.isEmpty();
    }

    /** Whether this machine has what it imports. */
    boolean isRunnable() throws IOException, InterruptedException {
        return Files.isExecutable(Path.of(PYTHON))
                && BriefRun.of(new ProcessBuilder(bare())).isGood();
    }

    /** The fields of a job, on a node that has the environment. */
    ObjectNode job() {
        return Json.MAPPER
                .createObjectNode()
                .put("code", source)
                .put("environment", name)
                // Libraries that compute on more start threads when they are imported, and those do not outlive a fork.
                .put("cores", 1)
                .put("timeout", 60);
    }

    /** What declares its environment to a node. */
    void declare(Path nodeData) throws IOException {
        Path directory = Files.createDirectories(nodeData.resolve("environments"));
        Map<String, List<String>> packages = modules.isEmpty() ? Map.of() : Map.of(name, modules);
        Map<String, ?> definition = Map.of(
                "name", name, "interpreter", "python3", "executable", PYTHON, "packages", packages, "preload", modules);
        Files.writeString(directory.resolve(name + ".json"), Json.write(definition));
    }
}
