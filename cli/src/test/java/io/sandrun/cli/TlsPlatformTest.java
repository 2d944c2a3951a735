package io.sandrun.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.sandrun.protocol.Json;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Broker, node and command line as processes, with nothing between them in clear. */
class TlsPlatformTest {
    private static final String OTHER = "sha256:" + "ab".repeat(32);

    @TempDir
    static Path directory;

    @TempDir
    Path project;

    private static SandrunProcess broker;
    private static SandrunProcess node;
    private static String fingerprint;
    private static String url;

    @BeforeAll
    static void start() throws Exception {
        String data = directory.resolve("broker").toString();
        broker = SandrunProcess.start(Map.of(), "broker", "--port", "0", "--tls", "--data", data);
        fingerprint = broker.awaitError("certificate (sha256:[0-9a-f]{64})");
        url = broker.awaitError("listening at (https://\\S+)");
        node = SandrunProcess.start(
                Map.of("SANDRUN_FINGERPRINT", fingerprint),
                "node",
                "--broker",
                url,
                "--slots",
                "1",
                "--environments",
                "none",
                "--data",
                directory.resolve("node").toString());
        node.awaitError("ready");
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

    private static SandrunProcess.Ended sandrun(String... args) throws Exception {
        List<String> all = new ArrayList<>(List.of(args));
        all.addAll(1, List.of("--url", url, "--fingerprint", fingerprint));
        return SandrunProcess.run(Map.of(), "", all.toArray(String[]::new));
    }

    @Test
    void a_project_goes_to_the_node_its_log_is_followed_and_its_files_come_back() throws Exception {
        Files.writeString(project.resolve("main.py"), """
                print(open("in.txt").read())
                open("out.bin", "wb").write(b"x" * 3_000_000)
                """);
        Files.writeString(project.resolve("in.txt"), "carried in");
        var submitted = sandrun("submit", "--json", "--outputs", "out.bin", project.toString());
        assertThat(submitted.exitCode()).as(submitted.errors()).isZero();
        String jobId = Json.MAPPER.readTree(submitted.output()).path("job_id").asText();
        var followed = sandrun("logs", "-f", jobId);
        assertThat(followed.output()).as(followed.errors()).isEqualTo("carried in\n");
        Path target = project.resolve("back");
        var downloaded = sandrun("download", "-o", target.toString(), jobId);
        assertThat(downloaded.exitCode()).as(downloaded.errors()).isZero();
        assertThat(target.resolve("out.bin")).hasSize(3_000_000);
        var nodes = sandrun("nodes", "--json");
        assertThat(Json.MAPPER.readTree(nodes.output()).at("/nodes/0/present").asBoolean())
                .as(nodes.output())
                .isTrue();
    }

    @Test
    void the_environment_names_broker_and_certificate_as_well() throws Exception {
        Map<String, String> environment = Map.of("SANDRUN_URL", url, "SANDRUN_FINGERPRINT", fingerprint);
        var ended = SandrunProcess.run(environment, "print(6*7)", "run", "-");
        assertThat(ended.output()).as(ended.errors()).isEqualTo("42\n");
    }

    @Test
    void the_certificate_can_be_named_as_a_file() throws Exception {
        Path file = directory.resolve("broker/broker-tls.pem");
        var ended = SandrunProcess.run(Map.of(), "print(6*7)", "run", "--url", url, "--ca", file.toString(), "-");
        assertThat(ended.output()).as(ended.errors()).isEqualTo("42\n");
    }

    @Test
    void another_pin_is_one_clear_error_at_once() throws Exception {
        for (String[] command : new String[][] {
            {"run", "-"},
            {"jobs"},
            {"logs", "-f", "pool-x"},
            {"download", "-o", project.resolve("none").toString(), "pool-x"}
        }) {
            List<String> all = new ArrayList<>(List.of(command));
            all.addAll(1, List.of("--url", url, "--fingerprint", OTHER));
            var ended = SandrunProcess.run(Map.of(), "print(1)", all.toArray(String[]::new));
            assertThat(ended.exitCode()).as(ended.errors()).isEqualTo(1);
            assertThat(ended.errors())
                    .startsWith("sandrun: ")
                    .contains(fingerprint, OTHER, "--fingerprint")
                    .doesNotContain("\n")
                    .doesNotContain("Exception");
        }
    }

    @Test
    void a_node_with_another_pin_says_so_and_gets_no_work() throws Exception {
        try (SandrunProcess stranger = SandrunProcess.start(
                Map.of(),
                "node",
                "--broker",
                url,
                "--fingerprint",
                OTHER,
                "--slots",
                "1",
                "--environments",
                "none",
                "--data",
                directory.resolve("stranger").toString())) {
            assertThat(stranger.awaitError("is not trusted")).contains(fingerprint, OTHER);
        }
    }

    @Test
    void without_a_pin_it_is_told_how_to_pin() throws Exception {
        var ended = SandrunProcess.run(Map.of("SANDRUN_URL", url), "", "jobs");
        assertThat(ended.exitCode()).isEqualTo(1);
        assertThat(ended.errors()).contains("nobody whom this machine trusts", fingerprint, "--fingerprint", "--ca");
    }

    @Test
    void what_cannot_be_meant_is_a_slip() throws Exception {
        for (String[] slip : new String[][] {
            {"jobs", "--url", "http://127.0.0.1:9", "--fingerprint", fingerprint},
            {"jobs", "--url", url, "--fingerprint", "sha256:12"},
            {"jobs", "--url", url, "--fingerprint", fingerprint, "--ca", "x.pem"},
            {"jobs", "--url", url, "--ca", "no-such-file.pem"},
        }) {
            var ended = SandrunProcess.run(Map.of(), "", slip);
            assertThat(ended.exitCode()).as(ended.errors()).isEqualTo(2);
            assertThat(ended.errors())
                    .startsWith("sandrun: ")
                    .doesNotContain("\n")
                    .doesNotContain("Exception");
        }
    }

    @Test
    void the_fingerprint_is_told_by_the_data_by_a_file_and_by_what_is_shown() throws Exception {
        Path data = directory.resolve("broker");
        var own = SandrunProcess.run(Map.of(), "", "fingerprint", "--data", data.toString());
        assertThat(own.output()).isEqualTo(fingerprint + "\n");
        var file = SandrunProcess.run(
                Map.of(), "", "fingerprint", data.resolve("broker-tls.pem").toString());
        assertThat(file.output()).isEqualTo(fingerprint + "\n");
        var shown = SandrunProcess.run(Map.of(), "", "fingerprint", url);
        assertThat(shown.output()).isEqualTo(fingerprint + "\n");
        assertThat(shown.errors()).contains("compare");
    }

    @Test
    void a_platform_on_one_machine_needs_no_pin_for_its_own_node() throws Exception {
        try (SandrunProcess up = SandrunProcess.start(
                Map.of(),
                "up",
                "--port",
                "0",
                "--tls",
                "--slots",
                "1",
                "--environments",
                "none",
                "--data",
                directory.resolve("up").toString())) {
            String pin = up.awaitError("certificate (sha256:[0-9a-f]{64})");
            String address = up.awaitError("listening at (https://\\S+)");
            var ended = SandrunProcess.run(Map.of(), "print(6*7)", "run", "--url", address, "--fingerprint", pin, "-");
            assertThat(ended.output()).as(ended.errors()).isEqualTo("42\n");
        }
    }
}
