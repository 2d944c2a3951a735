package io.sandrun.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.sandrun.node.environment.EnvironmentChoice;
import io.sandrun.node.install.InstallChoice;
import io.sandrun.protocol.BrokerClient;
import io.sandrun.protocol.Json;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** {@code sandrun top}, into a pipe and on a terminal. */
class TopCommandTest {
    private static final long PATIENCE_SECONDS = 60;

    private static EphemeralPlatform platform;
    private static Map<String, String> environment;
    private static String jobId;

    @BeforeAll
    static void start() throws Exception {
        platform = EphemeralPlatform.start(Optional.of("sh"), EnvironmentChoice.NONE, InstallChoice.NONE);
        BrokerClient client = platform.client();
        environment = Map.of("SANDRUN_URL", client.url());
        ObjectNode job = Json.MAPPER.createObjectNode().put("interpreter", "sh").put("code", "true");
        jobId = client.submit(job).path("job_id").asText();
        client.status(jobId, PATIENCE_SECONDS);
    }

    @AfterAll
    static void stop() {
        if (platform != null) {
            platform.close();
        }
    }

    @Test
    void in_a_pipe_it_is_one_page_without_a_control_character() throws Exception {
        var ended = SandrunProcess.run(environment, "", "top");
        assertThat(ended.exitCode()).as(ended.errors()).isZero();
        assertThat(ended.output())
                .startsWith("healthy: 0 jobs wait, 0 run; 1 nodes up")
                .contains("SLOTS")
                .contains(jobId)
                .contains("completed")
                .doesNotContain("\033");
        assertThat(ended.output().chars().filter(point -> point < ' ' && point != '\n'))
                .isEmpty();
    }

    @Test
    void as_json_it_has_everything() throws Exception {
        JsonNode facts =
                Json.read(SandrunProcess.run(environment, "", "top", "--json").output(), JsonNode.class);
        assertThat(facts.at("/health/active_nodes").asInt()).isEqualTo(1);
        assertThat(facts.at("/jobs/0/job_id").asText()).isEqualTo(jobId);
    }

    @Test
    void on_a_terminal_it_is_drawn_until_q_is_pressed_and_leaves_the_terminal_as_it_was() throws Exception {
        Shell.assumeHas("script", "stty");
        String java = String.join("' '", JavaCommand.of(JavaCommand.Role.COMMAND, "-Dsandrun.terminal.out=true"));
        ProcessBuilder builder =
                new ProcessBuilder("script", "-qefc", "stty -g; '%s' top -d 60; stty -g".formatted(java), "/dev/null");
        builder.environment().putAll(environment);
        builder.environment().put("TERM", "xterm");
        Process terminal = builder.redirectErrorStream(true).start();
        StringBuilder screen = new StringBuilder();
        try (InputStream shown = terminal.getInputStream()) {
            byte[] piece = new byte[8192];
            boolean isPressed = false;
            for (int count = shown.read(piece); count >= 0; count = shown.read(piece)) {
                screen.append(new String(piece, 0, count, StandardCharsets.UTF_8));
                if (!isPressed && screen.indexOf("q quits") >= 0) {
                    terminal.getOutputStream().write('q');
                    terminal.getOutputStream().flush();
                    isPressed = true;
                }
            }
        }
        assertThat(terminal.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)).isTrue();
        assertThat(terminal.exitValue()).as("%s", screen).isZero();
        assertThat(screen).contains("\033[?1049h").contains(jobId).contains("\033[?25h\033[?1049l");
        List<String> lines = screen.toString().strip().lines().toList();
        String before = lines.get(0).strip();
        assertThat(lines.get(lines.size() - 1)).endsWith(before);
    }

    @Test
    void ages_are_told_in_their_largest_unit() {
        assertThat(TopPage.age(-1)).isEqualTo("0s");
        assertThat(TopPage.age(59.9)).isEqualTo("59s");
        assertThat(TopPage.age(61)).isEqualTo("1m");
        assertThat(TopPage.age(7_200)).isEqualTo("2h");
        assertThat(TopPage.age(200_000)).isEqualTo("2d");
    }
}
