package io.sandrun.broker;

import static io.sandrun.broker.BrokerUnderTest.answer;
import static org.assertj.core.api.Assertions.assertThat;

import io.sandrun.broker.BrokerUnderTest.Reply;
import io.sandrun.protocol.identity.ApiKey;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A full run under keys leaves no secret behind: in no answer, no line that is logged, no file, no command line. */
class SecretsTest {
    private final List<String> secrets = new ArrayList<>();
    private final List<String> seen = new ArrayList<>();

    private String made(Reply reply) {
        String key = reply.text("key");
        secrets.add(key.substring(key.length() - 64));
        return key;
    }

    private void see(Reply reply) {
        seen.add(reply.raw().uri() + " " + reply.raw().headers().map() + " "
                + reply.raw().body());
    }

    @Test
    void no_secret_is_in_any_log_address_error_file_or_process_list(@TempDir Path directory) throws IOException {
        PrintStream before = System.err;
        ByteArrayOutputStream logged = new ByteArrayOutputStream();
        System.setErr(new PrintStream(logged, true, StandardCharsets.UTF_8));
        try (BrokerUnderTest broker = BrokerUnderTest.start(directory)) {
            run(broker);
        } finally {
            System.setErr(before);
        }
        seen.add(logged.toString(StandardCharsets.UTF_8));
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                seen.add(file + " " + Files.readString(file, StandardCharsets.ISO_8859_1));
            }
        }
        for (ProcessHandle process : ProcessHandle.allProcesses().toList()) {
            Path commandLine = Path.of("/proc/" + process.pid() + "/cmdline");
            try {
                seen.add(commandLine + " " + Files.readString(commandLine, StandardCharsets.ISO_8859_1));
            } catch (IOException ended) {
                // Nothing is to be seen of a process that is gone.
            }
        }
        assertThat(secrets).hasSize(4);
        for (String secret : secrets) {
            assertThat(seen).noneMatch(text -> text.contains(secret));
        }
        assertThat(seen).anyMatch(text -> text.contains("was made")).anyMatch(text -> text.contains("key_in_url"));
        AuditFinding audit = AuditPages.check(directory);
        assertThat(audit.fault()).isNull();
        List<String> lines = new ArrayList<>();
        AuditPages.each(directory, lines::add);
        for (String event : List.of(
                "key_created",
                "key_revoked",
                "jobs_submitted",
                "job_cancelled",
                "node_registered",
                "node_drained",
                "node_forgiven")) {
            assertThat(lines).anyMatch(line -> line.contains("\"" + event + "\""));
        }
        for (String code :
                List.of("role_refused", "key_invalid", "key_ended", "quota_exceeded", "signature_required")) {
            assertThat(lines).anyMatch(line -> line.contains("\"refused\"") && line.contains(code));
        }
    }

    /** Whatever can be done with keys, rightly and wrongly. */
    private void run(BrokerUnderTest broker) {
        BrokerUnderTest admin = broker.as(made(broker.post("/keys", Map.of("role", "admin"))));
        String key = made(admin.post("/keys", Map.of("role", "submit", "concurrent_jobs", 2)));
        BrokerUnderTest client = broker.as(key);
        BrokerUnderTest reader = broker.as(made(admin.post("/keys", Map.of("role", "read"))));
        BrokerUnderTest nodes = broker.as(made(admin.post("/keys", Map.of("role", "node"))));
        ScriptedNode node = ScriptedNode.register(nodes, "node");
        String first = client.submit("1");
        String second = client.submit("2");
        ScriptedNode.Job held = node.claimOne();
        see(client.post("/submit", Map.of("code", "3")));
        see(reader.post("/submit", Map.of("code", "x")));
        see(broker.as(key.replace('a', 'b')).get("/jobs"));
        see(broker.as(key + "x").get("/jobs"));
        see(broker.send(broker.request("/jobs").header("Authorization", "Bearer " + key + "x")));
        see(nodes.post("/claim", Map.of("node_id", node.id())));
        see(client.post("/cancel/" + second, Map.of()));
        see(admin.post("/nodes/" + node.id() + "/drain", Map.of()));
        see(admin.post("/nodes/" + node.id() + "/forgive", Map.of()));
        see(node.complete(held, "out"));
        for (String path : List.of("/keys", "/jobs", "/nodes", "/stats", "/status/" + first, "/results/" + first)) {
            see(admin.get(path));
            see(client.get(path));
        }
        // The address of this one has the key in it, which is the caller's doing: the answer has not.
        seen.add(client.get("/jobs?api_key=" + key).raw().body());
        seen.add(client.get("/status/" + key).raw().body());
        see(admin.send(
                admin.request("/keys/" + ApiKey.parse(key).orElseThrow().id()).DELETE()));
        see(answer(client.getLater("/jobs")));
    }
}
