package io.sandrun.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.modelcontextprotocol.client.McpClient;
import io.modelcontextprotocol.client.McpSyncClient;
import io.modelcontextprotocol.client.transport.HttpClientStreamableHttpTransport;
import io.modelcontextprotocol.spec.McpClientTransport;
import io.modelcontextprotocol.spec.McpSchema.CallToolRequest;
import io.modelcontextprotocol.spec.McpSchema.CallToolResult;
import io.modelcontextprotocol.spec.McpSchema.ImageContent;
import io.modelcontextprotocol.spec.McpSchema.ProgressNotification;
import io.modelcontextprotocol.spec.McpSchema.TextContent;
import io.modelcontextprotocol.spec.McpSchema.Tool;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

/** What an agent does with the tools, by the SDK's own client; the same over every transport. */
abstract class AgentStories {
    private static final long PATIENCE_SECONDS = 60;

    /** A client of the SDK that is to be initialized; whoever asks for it closes it. */
    static McpSyncClient client(McpClientTransport transport, BlockingQueue<ProgressNotification> heard) {
        McpSyncClient client = McpClient.sync(transport)
                .requestTimeout(Duration.ofSeconds(PATIENCE_SECONDS))
                .initializationTimeout(Duration.ofSeconds(PATIENCE_SECONDS))
                .progressConsumer(heard::add)
                .build();
        client.initialize();
        return client;
    }

    /** One call, by a client of its own, at the {@code /mcp} of a broker without keys. */
    static CallToolResult once(String broker, String tool, Map<String, Object> arguments) {
        McpClientTransport transport =
                HttpClientStreamableHttpTransport.builder(broker).build();
        try (McpSyncClient client = client(transport, new LinkedBlockingQueue<>())) {
            return client.callTool(
                    CallToolRequest.builder(tool).arguments(arguments).build());
        }
    }

    /** The client of these stories. */
    abstract McpSyncClient client();

    /** Where it hears of progress. */
    abstract BlockingQueue<ProgressNotification> heard();

    CallToolResult call(String tool, Map<String, Object> arguments) {
        return client().callTool(
                        CallToolRequest.builder(tool).arguments(arguments).build());
    }

    static String text(CallToolResult result) {
        return ((TextContent) result.content().get(0)).text();
    }

    static Map<?, ?> facts(CallToolResult result) {
        return (Map<?, ?>) result.structuredContent();
    }

    @Test
    void the_tools_have_the_names_that_older_agents_know() {
        assertThat(client().listTools().tools())
                .extracting(Tool::name)
                .containsExactlyInAnyOrder(
                        "execute_python",
                        "execute_javascript",
                        "execute_bash",
                        "check_job_status",
                        "get_job_logs",
                        "run_project",
                        "list_outputs",
                        "read_output",
                        "list_environments",
                        "cancel_job");
    }

    @Test
    void python_runs_and_what_it_printed_comes_back() {
        CallToolResult result = call(
                "execute_python",
                Map.of(
                        "code",
                        "import sys; print(6 * 7, sys.argv[1], sys.stdin.read())",
                        "args",
                        List.of("ü"),
                        "stdin",
                        "in"));
        assertThat(result.isError()).as(text(result)).isFalse();
        assertThat(text(result)).contains("42 ü in");
        assertThat(facts(result).get("code")).isEqualTo("ok");
        assertThat(facts(result).get("exit_code")).isEqualTo(0);
    }

    @Test
    void a_shell_script_runs_and_a_failure_says_what_to_do() {
        CallToolResult result = call("execute_bash", Map.of("code", "echo out; echo err >&2; exit 3"));
        assertThat(result.isError()).isTrue();
        assertThat(text(result)).contains("out").contains("err").contains("What to do:");
        assertThat(facts(result).get("code")).isEqualTo("exit_nonzero");
        assertThat(facts(result).get("exit_code")).isEqualTo(3);
    }

    @Test
    void javascript_runs_where_a_node_has_it() throws Exception {
        Shell.assumeHas("node");
        CallToolResult result =
                call("execute_javascript", Map.of("code", "console.log([1, 2, 3].map(x => x * x).join())"));
        boolean isOffered = !String.valueOf(facts(result).get("state")).equals("pending");
        Assumptions.assumeTrue(isOffered, "the node of this test offers no JavaScript");
        assertThat(text(result)).contains("1,4,9");
    }

    @Test
    void an_image_that_a_program_drew_is_looked_at() {
        CallToolResult drawn = call("execute_python", Map.of("code", """
                import struct, zlib
                def chunk(kind, data):
                    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
                header = struct.pack(">IIBBBBB", 1, 1, 8, 2, 0, 0, 0)
                png = b"\\x89PNG\\r\\n\\x1a\\n" + chunk(b"IHDR", header)
                png += chunk(b"IDAT", zlib.compress(b"\\0\\xff\\0\\0")) + chunk(b"IEND", b"")
                open("dot.png", "wb").write(png)
                """));
        String jobId = String.valueOf(facts(drawn).get("job_id"));
        assertThat(facts(drawn).get("outputs")).as(text(drawn)).isEqualTo(List.of("dot.png"));
        assertThat(text(call("list_outputs", Map.of("job_id", jobId))))
                .contains("dot.png")
                .contains("image/png");

        CallToolResult seen = call("read_output", Map.of("job_id", jobId, "path", "dot.png"));
        ImageContent image = (ImageContent) seen.content().get(1);
        assertThat(image.mimeType()).isEqualTo("image/png");
        assertThat(Base64.getDecoder().decode(image.data())).startsWith(0x89, 'P', 'N', 'G');

        CallToolResult missing = call("read_output", Map.of("job_id", jobId, "path", "no.png"));
        assertThat(missing.isError()).isTrue();
        assertThat(facts(missing).get("code")).isEqualTo("unknown_file");
        assertThat(facts(missing).get("next")).asString().contains("list_outputs");
    }

    @Test
    void a_project_of_several_files_runs() {
        CallToolResult result = call(
                "run_project",
                Map.of(
                        "entrypoint",
                        "src/start.py",
                        "files",
                        List.of(
                                Map.of("path", "src/start.py", "content", "print(open('data/in.txt').read())"),
                                Map.of("path", "data/in.txt", "content_base64", "Z3LDvMOfZQ=="))));
        assertThat(text(result)).contains("grüße");
    }

    @Test
    void long_output_is_cut_in_the_middle_and_can_be_read_whole() {
        CallToolResult result = call("execute_python", Map.of("code", "for n in range(20000): print('line', n)"));
        assertThat(text(result)).contains("line 0\n").contains("line 19999").contains("bytes left out");
        assertThat(text(result).length()).isLessThan(20_000);

        String jobId = String.valueOf(facts(result).get("job_id"));
        StringBuilder whole = new StringBuilder();
        int offset = 0;
        Map<?, ?> facts;
        do {
            CallToolResult page = call(
                    "get_job_logs",
                    Map.of("job_id", jobId, "stream", "stdout", "offset", offset, "max_bytes", 100_000));
            facts = facts(page);
            whole.append(text(page), 0, text(page).lastIndexOf("\n[")).append('\n');
            offset = Integer.parseInt(String.valueOf(facts.get("next_offset")));
        } while (!Boolean.TRUE.equals(facts.get("finished")));
        assertThat(offset).isEqualTo(10 * 7 + 90 * 8 + 900 * 9 + 9_000 * 10 + 10_000 * 11);
        assertThat(whole).contains("line 0\n").contains("line 12345").contains("line 19999");
    }

    @Test
    void a_long_job_goes_on_without_its_call_and_is_ended() {
        CallToolResult begun = call("execute_bash", Map.of("code", "echo here; sleep 600", "wait_seconds", 0));
        String jobId = String.valueOf(facts(begun).get("job_id"));
        assertThat(facts(begun).get("finished")).isEqualTo(false);
        assertThat(text(begun)).contains(jobId).contains("check_job_status").contains("cancel_job");

        assertThat(call("cancel_job", Map.of("job_id", jobId)).isError()).isFalse();
        CallToolResult ended = call("check_job_status", Map.of("job_id", jobId, "wait_seconds", 50));
        assertThat(facts(ended).get("code")).as(text(ended)).isEqualTo("cancelled");
    }

    @Test
    void a_call_that_waits_says_how_it_goes() throws Exception {
        String token = "token " + System.nanoTime();
        CallToolResult result = client().callTool(CallToolRequest.builder("execute_bash")
                .arguments(Map.of("code", "sleep 2.5; echo done"))
                .progressToken(token)
                .build());
        assertThat(text(result)).contains("done");
        ProgressNotification first = heard().poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
        ProgressNotification second = heard().poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
        assertThat(first.progressToken()).isEqualTo(token);
        assertThat(first.message()).contains(String.valueOf(facts(result).get("job_id")));
        assertThat(second.progress()).isGreaterThan(first.progress());
    }

    @Test
    void what_is_wrong_with_a_call_is_said_under_a_stable_code() {
        CallToolResult typo = call("execute_python", Map.of("code", "1", "time_out", 5));
        assertThat(typo.isError()).isTrue();
        assertThat(facts(typo).get("code")).isEqualTo("invalid_argument");
        assertThat(text(typo)).contains("time_out").contains("What to do:");

        CallToolResult refused = call("execute_python", Map.of("code", "1", "timeout", 1e9));
        assertThat(facts(refused).get("code")).isEqualTo("invalid_field");
        assertThat(text(refused)).contains("timeout").contains("3600");

        CallToolResult unknown = call("check_job_status", Map.of("job_id", "pool-nothing"));
        assertThat(facts(unknown).get("code")).isEqualTo("unknown_job");

        CallToolResult leaving =
                call("run_project", Map.of("files", List.of(Map.of("path", "../main.py", "content", "print(1)"))));
        assertThat(facts(leaving).get("code")).isEqualTo("invalid_archive");
        assertThat(text(leaving)).doesNotContain("Exception");
    }

    @Test
    void environments_are_listed() {
        CallToolResult listed = call("list_environments", Map.of());
        assertThat(listed.isError()).isFalse();
        assertThat(facts(listed).get("environments")).isEqualTo(List.of());
        assertThat(text(listed)).contains("packages");
    }
}
