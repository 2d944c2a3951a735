package io.sandrun.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.sandrun.broker.Broker;
import io.sandrun.broker.BrokerConfig;
import io.sandrun.protocol.BrokerClient;
import io.sandrun.protocol.Json;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** One command makes a node: what it keeps, and what it says where somebody has to do something first. */
@Timeout(180)
class JoinCommandTest {
    private static final double PATIENCE_SECONDS = 60;
    private static final String PRIVATE = "rw-------";

    /** What a node can do without a look at the machine's packages, so that it is quick. */
    private static final List<String> PLAIN =
            List.of("--slots", "1", "--environments", "none", "--no-installs", "--label", "where=under the \"desk\"");

    @TempDir
    Path home;

    private Map<String, String> environment = Map.of();

    /** A user who has nothing yet, and no services. */
    @BeforeEach
    void make_user() {
        environment = new HashMap<>(Map.of(
                "XDG_CONFIG_HOME", home.resolve("config").toString(),
                "XDG_DATA_HOME", home.resolve("data").toString(),
                "XDG_RUNTIME_DIR", home.toString(),
                "DBUS_SESSION_BUS_ADDRESS", "unix:path=" + home.resolve("none")));
    }

    private BrokerConfig.Builder broker() {
        return BrokerConfig.builder(home.resolve("broker")).port(0);
    }

    private Path settings() {
        return home.resolve("config/sandrun/node.conf");
    }

    private String[] join(String url, String... more) {
        List<String> command = new ArrayList<>(List.of("join", url));
        command.addAll(PLAIN);
        command.addAll(List.of(more));
        return command.toArray(String[]::new);
    }

    private SandrunProcess.Ended run(String... command) throws Exception {
        return SandrunProcess.run(environment, "", command);
    }

    @Test
    void a_machine_that_joins_runs_jobs_with_the_settings_that_were_said() throws Exception {
        try (Broker broker = Broker.start(broker().build());
                SandrunProcess node = SandrunProcess.start(environment, join(broker.url(), "--foreground"))) {
            node.awaitError("the broker takes this node");
            node.awaitError("serves until told to stop; the next time: sandrun node @" + settings());
            BrokerClient client = new BrokerClient(broker.address(), null);
            String job = client.submit(Json.MAPPER.valueToTree(Map.of("code", "echo 42", "interpreter", "bash")))
                    .path("job_id")
                    .asText();
            assertThat(client.result(job, PATIENCE_SECONDS).orElseThrow().output())
                    .isEqualTo("42\n");
            assertThat(client.nodes().toString()).contains("under the \\\"desk\\\"");
            assertThat(Files.readString(settings())).contains("--broker " + broker.url(), "--no-installs");
        }
    }

    @Test
    void who_is_refused_is_told_what_is_missing_first_the_key_then_a_place_on_the_list() throws Exception {
        String data = home.resolve("broker").toString();
        String key =
                run("key", "create", "--role", "node", "--data", data).output().strip();
        Path list = Files.writeString(home.resolve("workers.json"), "[]");
        try (Broker broker = Broker.start(broker().workers(list).build())) {
            SandrunProcess.Ended without = run(join(broker.url(), "--no-start"));
            assertThat(without.exitCode()).as(without.errors()).isEqualTo(Sandrun.EXIT_REFUSED);
            assertThat(without.errors()).contains("the broker does not take this node: ");
            assertThat(settings()).doesNotExist();

            Path file = Files.writeString(home.resolve("node.key"), key);
            Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(PRIVATE));
            SandrunProcess.Ended with = run(join(broker.url(), "--no-start", "--api-key-file", file.toString()));
            assertThat(with.exitCode()).as(with.errors()).isEqualTo(Sandrun.EXIT_WAITING);
            assertThat(Json.MAPPER.readTree(with.output()).path("worker_id").asText())
                    .hasSize(44);
            assertThat(Json.MAPPER
                            .readTree(with.output())
                            .path("max_concurrent_jobs")
                            .asInt())
                    .isEqualTo(1);
            assertKeptForTheNodeAlone(key);
        }
    }

    private void assertKeptForTheNodeAlone(String key) throws Exception {
        try (Stream<Path> kept = Files.list(home.resolve("config/sandrun"))) {
            Path file = kept.filter(each -> each.toString().endsWith(".key"))
                    .findFirst()
                    .orElseThrow();
            assertThat(Files.readString(file).strip()).isEqualTo(key);
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                    .isEqualTo(PRIVATE);
            assertThat(Files.readString(settings()))
                    .contains("--api-key-file " + file)
                    .doesNotContain(key);
        }
    }

    @Test
    void nothing_is_kept_where_no_broker_is() throws Exception {
        int free;
        try (ServerSocket socket = new ServerSocket(0)) {
            free = socket.getLocalPort();
        }
        SandrunProcess.Ended nobody = run(join("http://127.0.0.1:" + free, "--no-start"));
        assertThat(nobody.exitCode()).isEqualTo(Sandrun.EXIT_FAILURE);
        assertThat(nobody.errors()).hasLineCount(1).startsWith("sandrun: ");
        assertThat(run(join("http://127.0.0.1:" + free, "--drain-seconds", "-1"))
                        .exitCode())
                .isEqualTo(Sandrun.EXIT_USAGE);
        assertThat(settings()).doesNotExist();
    }
}
