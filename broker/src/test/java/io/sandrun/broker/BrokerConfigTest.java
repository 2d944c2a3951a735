package io.sandrun.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BrokerConfigTest {
    @TempDir
    private Path directory;

    private void file(String json) throws IOException {
        Files.writeString(directory.resolve("broker.json"), json);
    }

    @Test
    void without_anything_said_the_documents_numbers_hold() {
        BrokerConfig config = BrokerConfig.load(directory, Map.of()).build();
        assertThat(config.host()).isEqualTo("127.0.0.1");
        assertThat(config.port()).isEqualTo(8000);
        assertThat(config.jobTimeout()).isEqualTo(Duration.ofMinutes(5));
        assertThat(config.resultTtl()).isEqualTo(Duration.ofHours(1));
        assertThat(config.nodeTimeout()).isEqualTo(Duration.ofSeconds(15));
        assertThat(config.maxRetries()).isEqualTo(3);
        assertThat(config.verifyWait()).isEqualTo(Duration.ofMinutes(10));
        assertThat(config.allowAnonymous()).isFalse();
    }

    @Test
    void a_flag_beats_the_environment_which_beats_the_file() throws IOException {
        file("{\"NODE_TIMEOUT\": 20, \"result_ttl\": 60, \"max_retries\": 1,"
                + " \"cors_origins\": [\"https://a.example\"]}");
        BrokerConfig config = BrokerConfig.load(
                        directory, Map.of("MAX_RETRIES", "2", "RESULT_TTL", "61.5", "HOST", "x"))
                .maxRetries(5)
                .build();
        assertThat(config.nodeTimeout()).isEqualTo(Duration.ofSeconds(20));
        assertThat(config.resultTtl()).isEqualTo(Duration.ofMillis(61_500));
        assertThat(config.maxRetries()).isEqualTo(5);
        assertThat(config.corsOrigins()).isEqualTo(List.of("https://a.example"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{\"nod_timeout\": 3}|nod_timeout",
                "{\"node_timeout\": \"soon\"}|node_timeout",
                "{\"node_timeout\": 0}|node_timeout",
                "{\"job_timeout\": -5}|job_timeout",
                "{\"verify_wait\": -1}|verify_wait",
                "{\"VERIFY_WAIT\": 1e9}|verify_wait",
                "{\"port\": 70000}|port",
                "{\"port\": 1.5}|port",
                "{\"max_retries\": true}|max_retries",
                "{\"allow_anonymous\": \"yes\"}|allow_anonymous",
                "{\"cors_origins\": \"https://a.example\"}|cors_origins",
                "{\"cors_origins\": [\"a.example\"]}|cors_origins",
                "{\"host\": 7}|host",
                "[]|broker.json",
                "{|broker.json",
            })
    void a_bad_setting_is_named(String json, String setting) throws IOException {
        file(json);
        assertThatThrownBy(() -> BrokerConfig.load(directory, Map.of()).build())
                .isInstanceOf(SettingException.class)
                .hasMessageContaining(setting)
                .extracting(failure -> ((SettingException) failure).setting())
                .isEqualTo(setting);
    }

    @Test
    void settings_that_are_dangerous_together_are_warned_of() {
        BrokerConfig.Builder settings = BrokerConfig.builder(directory);
        assertThat(settings.build().warnings()).isEmpty();
        assertThat(settings.verifySameAddress(true).build().warnings()).isEmpty();
        assertThat(settings.allowUnsignedNodes(true).build().warnings())
                .singleElement()
                .asString()
                .contains("--allow-unsigned-nodes")
                .contains("--verify-same-address");
        assertThat(BrokerConfig.builder(directory).host("0.0.0.0").build().warnings())
                .singleElement()
                .asString()
                .contains("--tls");
    }

    @Test
    void a_bad_value_in_the_environment_is_named() {
        assertThatThrownBy(() -> BrokerConfig.load(directory, Map.of("JOB_TIMEOUT", "5m")))
                .hasMessageContaining("job_timeout");
    }
}
