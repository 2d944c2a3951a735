package io.sandrun.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.sandrun.protocol.Json;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Broker, node and command line as processes, each of which shows a key of its own. */
class KeysPlatformTest {
    @TempDir
    static Path directory;

    private static final List<String> KEYS = new ArrayList<>();

    private static SandrunProcess broker;
    private static SandrunProcess node;
    private static String url;

    @BeforeAll
    static void start() throws Exception {
        String data = directory.resolve("broker").toString();
        keep("admin", SandrunProcess.run(Map.of(), "", "key", "create", "--role", "admin", "--data", data));
        broker = SandrunProcess.start(Map.of(), "broker", "--port", "0", "--data", data);
        url = broker.awaitError("listening at (http://\\S+)");
        for (String name : List.of("anna", "ben")) {
            keep(name, sandrun("admin", "key", "create", "--role", "submit", "--name", name));
        }
        keep("reader", sandrun("admin", "key", "create", "--role", "read"));
        keep("node", sandrun("admin", "key", "create", "--role", "node"));
        node = SandrunProcess.start(
                Map.of(),
                "node",
                "--broker",
                url,
                "--api-key-file",
                directory.resolve("node").toString(),
                "--slots",
                "1",
                "--environments",
                "none",
                "--data",
                directory.resolve("node-data").toString());
        node.awaitError("ready");
    }

    private static void keep(String name, SandrunProcess.Ended made) throws IOException {
        assertThat(made.exitCode()).as(made.errors()).isZero();
        KEYS.add(made.output().strip());
        write(directory.resolve(name), made.output());
    }

    private static void write(Path file, String secret) throws IOException {
        Files.writeString(
                Files.createFile(
                        file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"))),
                secret);
    }

    @AfterAll
    static void stop() {
        if (node != null) {
            node.close();
        }
        if (broker != null) {
            broker.close();
        }
    }

    private static SandrunProcess.Ended sandrun(String key, String... args) throws Exception {
        Map<String, String> environment = Map.of("SANDRUN_URL", url);
        // The options of `key` belong to what it does, and those of `run` stand before the program.
        int options = args[0].equals("key") ? 2 : 1;
        List<String> all = new ArrayList<>(List.of(args));
        all.addAll(options, List.of("--api-key-file", directory.resolve(key).toString()));
        return SandrunProcess.run(environment, "print(6*7)", all.toArray(String[]::new));
    }

    @Test
    void a_job_is_run_by_a_node_with_a_key_and_is_its_submitters_alone() throws Exception {
        var ran = sandrun("anna", "run", "-");
        assertThat(ran.output()).as(ran.errors()).isEqualTo("42\n");
        String jobId = Json.MAPPER
                .readTree(sandrun("anna", "submit", "--json", "-").output())
                .path("job_id")
                .asText();
        assertThat(sandrun("anna", "status", jobId).exitCode()).isZero();
        assertThat(sandrun("reader", "status", jobId).exitCode()).isZero();
        var foreign = sandrun("ben", "status", jobId);
        assertThat(foreign.exitCode()).isEqualTo(1);
        assertThat(foreign.errors()).contains("no job with this id");
        assertThat(sandrun("reader", "submit", "-").exitCode()).isEqualTo(1);
        assertThat(sandrun("anna", "stats").output()).isNotEmpty();
    }

    @Test
    void a_revoked_key_is_worth_nothing() throws Exception {
        keep("carl", sandrun("admin", "key", "create", "--role", "submit"));
        assertThat(sandrun("carl", "jobs").exitCode()).isZero();
        revoke("carl");
        assertThat(sandrun("carl", "jobs").exitCode()).isEqualTo(1);
    }

    private static void revoke(String name) throws Exception {
        String key = Files.readString(directory.resolve(name)).strip();
        String id = key.substring(key.indexOf('_') + 1, key.lastIndexOf('_'));
        var revoked = sandrun("admin", "key", "revoke", "key-" + id);
        assertThat(revoked.exitCode()).as(revoked.errors()).isZero();
    }

    @Test
    void a_node_whose_key_is_revoked_says_so_and_ends() throws Exception {
        keep("leaver", sandrun("admin", "key", "create", "--role", "node"));
        try (SandrunProcess leaver = SandrunProcess.start(
                Map.of(),
                "node",
                "--broker",
                url,
                "--api-key-file",
                directory.resolve("leaver").toString(),
                "--slots",
                "1",
                "--environments",
                "none",
                "--data",
                directory.resolve("leaver-data").toString())) {
            leaver.awaitError("ready");
            revoke("leaver");
            SandrunProcess.Ended ended = leaver.awaitEnd();
            assertThat(ended.errors().lines().filter(line -> line.contains("API key")))
                    .singleElement(InstanceOfAssertFactories.STRING)
                    .contains("the broker does not serve this node: ");
            assertThat(ended.exitCode()).isEqualTo(Sandrun.EXIT_REFUSED);
        }
    }

    @Test
    void the_file_of_the_client_names_a_broker_and_a_key_for_it_alone() throws Exception {
        Path config = Files.createDirectories(directory.resolve("config/sandrun"));
        String key = Files.readString(directory.resolve("anna")).strip();
        write(config.resolve("client.json"), Json.write(Map.of("url", url, "api_key", key)));
        Map<String, String> environment = Map.of("XDG_CONFIG_HOME", String.valueOf(config.getParent()));
        var there = SandrunProcess.run(environment, "", "stats");
        assertThat(there.exitCode()).as(there.errors()).isZero();
        var elsewhere = SandrunProcess.run(environment, "", "stats", "--url", url.replace("127.0.0.1", "localhost"));
        assertThat(elsewhere.exitCode()).isEqualTo(1);
        assertThat(elsewhere.errors()).contains("API key");
    }

    /** The secret is the last part of a key; its id may be shown. */
    @Test
    void no_secret_is_in_a_process_list_or_in_what_servers_write() throws Exception {
        sandrun("anna", "run", "-");
        List<String> secrets = KEYS.stream()
                .map(key -> key.substring(key.lastIndexOf('_') + 1))
                .toList();
        try (Stream<Path> processes = Files.list(Path.of("/proc"))) {
            for (Path process : processes.filter(Files::isDirectory).toList()) {
                assertThat(commandLine(process)).doesNotContain(secrets);
            }
        }
        assertThat(broker.said() + node.said()).isNotEmpty().doesNotContain(secrets);
    }

    private static String commandLine(Path process) {
        try {
            return Files.readString(process.resolve("cmdline"), StandardCharsets.ISO_8859_1);
        } catch (IOException gone) {
            return "";
        }
    }
}
