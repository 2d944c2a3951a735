package io.sandrun.node.environment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.sandrun.protocol.Capabilities;
import io.sandrun.runtime.RunLimits;
import io.sandrun.runtime.SandboxSettings;
import io.sandrun.runtime.Sandboxes;
import io.sandrun.runtime.environment.EnvironmentProbe;
import io.sandrun.runtime.environment.PreparedEnvironment;
import io.sandrun.runtime.interpreter.Interpreter;
import io.sandrun.runtime.interpreter.InterpreterProbe;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NodeEnvironmentsTest {
    private static final Path DIST_PACKAGES = Path.of("/usr/lib/python3/dist-packages");
    private static final int SLOTS = 2;

    private static Sandboxes sandboxes;
    private static final Map<String, Interpreter> INTERPRETERS = new HashMap<>();

    @TempDir
    Path data;

    private EnvironmentFolder folder;

    @BeforeAll
    static void open() throws Exception {
        sandboxes = Sandboxes.open(new SandboxSettings(SLOTS, Path.of(System.getProperty("java.io.tmpdir"))));
        new InterpreterProbe(found -> true)
                .find(Set.of("python3"))
                .forEach(interpreter -> INTERPRETERS.put(interpreter.name(), interpreter));
        assumeTrue(INTERPRETERS.containsKey("python3"), "python3 is not installed");
    }

    @AfterAll
    static void close() {
        sandboxes.close();
    }

    @BeforeEach
    void makeFolder() throws IOException {
        folder = new EnvironmentFolder(data);
        Files.createDirectories(folder.directory());
    }

    @Test
    void the_ready_ones_work_with_what_debian_has() throws Exception {
        for (String module : List.of("pandas", "sklearn", "matplotlib", "seaborn", "sympy", "nbclient", "ipykernel")) {
            assumeTrue(Files.exists(DIST_PACKAGES.resolve(module)), "python3-" + module + " is not installed");
        }
        NodeEnvironments environments = environments(EnvironmentChoice.ALL, 60);
        refresh(environments);
        assertThat(environments.refused()).isEmpty();
        assertThat(environments.advertised())
                .extracting(Capabilities.Environment::name)
                .containsExactly("data-science", "ml-basic", "scientific");
        Capabilities.Environment basic = environments.advertised().get(1);
        assertThat(basic.packages().keySet()).containsExactly("numpy", "pandas", "scikit-learn", "matplotlib");
        assertThat(basic.packages().values()).allMatch(version -> version.matches("\\d+\\.\\d+.*"));
        assertThat(basic.interpreterVersion()).startsWith("3.");
        PreparedEnvironment prepared = environments.find("ml-basic").orElseThrow();
        assertThat(prepared.interpreter().executable()).isEqualTo(Path.of("/usr/bin/python3"));
    }

    @Test
    void what_is_declared_wrongly_is_named_and_the_rest_is_offered() throws Exception {
        declare("good", "\"packages\": {\"json\": [\"json\"]}, \"preload\": [\"json\"]");
        declare("missing", "\"packages\": {\"absent\": [\"absent_module\"]}");
        declare("odd", "\"pakages\": {}");
        declare("program", "\"executable\": \"/no/such/python3\"");
        Files.writeString(folder.file("broken"), "{");
        Files.writeString(folder.file("renamed"), "{\"name\": \"other\", \"interpreter\": \"python3\"}");
        declare("ml-basic", "\"packages\": {\"own\": [\"own_module\"]}");
        NodeEnvironments environments = environments(
                EnvironmentChoice.only(Set.of("good", "missing", "odd", "program", "broken", "renamed", "ml-basic")),
                60);
        refresh(environments);
        assertThat(environments.advertised())
                .extracting(Capabilities.Environment::name)
                .containsExactly("good");
        assertThat(environments.refused())
                .containsOnlyKeys("missing", "odd", "program", "broken", "renamed", "ml-basic");
        assertThat(environments.refused().get("missing")).contains("absent_module: ModuleNotFoundError");
        assertThat(environments.refused().get("odd"))
                .contains(folder.file("odd").toString(), "\"pakages\"");
        assertThat(environments.refused().get("program")).isEqualTo("there is no program /no/such/python3");
        assertThat(environments.refused().get("broken")).contains("broken.json: it is not JSON");
        assertThat(environments.refused().get("renamed")).contains("\"name\" must be that of the file, renamed");
        assertThat(environments.refused().get("ml-basic")).contains("own_module");
    }

    @Test
    void what_was_seen_to_work_is_believed_until_something_changes() throws Exception {
        declare("good", "\"packages\": {\"json\": [\"json\"]}");
        EnvironmentChoice choice = EnvironmentChoice.only(Set.of("good"));
        NodeEnvironments first = environments(choice, 60);
        refresh(first);
        assertThat(first.advertised()).hasSize(1);

        // Whoever has no time to import anything can only know it from before.
        NodeEnvironments second = environments(choice, 0.001);
        refresh(second);
        assertThat(second.advertised()).isEqualTo(first.advertised());
        declare("good", "\"packages\": {\"json\": [\"json\", \"os\"]}");
        refresh(second);
        assertThat(second.advertised()).isEmpty();
        assertThat(second.refused().get("good")).contains("timed_out");

        Files.writeString(memory(), "{\"good\": {}}");
        NodeEnvironments third = environments(choice, 60);
        refresh(third);
        assertThat(third.advertised()).hasSize(1);
    }

    @Test
    void nothing_is_looked_at_that_is_not_wanted() throws Exception {
        declare("good", "\"packages\": {}");
        NodeEnvironments environments = environments(EnvironmentChoice.NONE, 60);
        refresh(environments);
        assertThat(environments.advertised()).isEmpty();
        assertThat(environments.refused()).isEmpty();
    }

    @Test
    void a_node_tells_no_more_than_a_broker_takes_in() throws Exception {
        StringBuilder packages = new StringBuilder();
        for (int number = 0; number < 256; number++) {
            packages.append(number == 0 ? "" : ",")
                    .append("\"%s\":[\"json\"]"
                            .formatted("p%03d".formatted(number).repeat(20)));
        }
        declare("first", "\"packages\": {" + packages + "}");
        declare("second", "\"packages\": {" + packages + "}");
        NodeEnvironments environments = environments(EnvironmentChoice.only(Set.of("first", "second")), 60);
        refresh(environments);
        assertThat(environments.working()).containsOnlyKeys("first");
        assertThat(environments.refused().get("second")).contains("declare fewer packages");
    }

    @Test
    void a_definition_that_is_put_there_is_noticed() throws Exception {
        CountDownLatch noticed = new CountDownLatch(1);
        Thread thread = new Thread(new EnvironmentWatch(folder, noticed::countDown));
        thread.start();
        try {
            declare("late", "\"packages\": {}");
            assertThat(noticed.await(20, TimeUnit.SECONDS)).isTrue();
        } finally {
            thread.interrupt();
            thread.join();
        }
    }

    private void declare(String name, String rest) throws IOException {
        Files.writeString(
                folder.file(name), "{\"name\": \"%s\", \"interpreter\": \"python3\", %s}".formatted(name, rest));
    }

    private Path memory() {
        return data.resolve("checks.json");
    }

    private NodeEnvironments environments(EnvironmentChoice choice, double wallSeconds) {
        RunLimits limits = new RunLimits(
                Duration.ofNanos((long) (wallSeconds * 1e9)),
                Duration.ofSeconds(60),
                2,
                512L << 20,
                128,
                1024,
                256L << 20,
                16_384,
                1 << 20,
                64 << 20);
        EnvironmentProbe probe = new EnvironmentProbe(limits, Map.of("OMP_NUM_THREADS", "1"));
        return new NodeEnvironments(folder, choice, INTERPRETERS, probe, memory());
    }

    private static void refresh(NodeEnvironments environments) throws InterruptedException {
        environments.refresh(IntStream.range(0, SLOTS).mapToObj(sandboxes::slot).toList());
    }
}
