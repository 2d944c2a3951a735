package io.sandrun.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sandrun.protocol.identity.ApiKey;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BrokerOptionsTest {
    private final BrokerOptions options = new BrokerOptions();
    private final ApiKey key = ApiKey.generate(new SecureRandom());

    @BeforeEach
    void keepKey(@TempDir Path directory) throws IOException {
        options.apiKey.file = Files.writeString(
                Files.createFile(
                        directory.resolve("key"),
                        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"))),
                key.text());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "http://127.0.0.1:8000",
                "http://127.9.9.9",
                "http://[::1]:8000",
                "http://LocalHost:8000/prefix",
                "https://broker.example:8000"
            })
    void a_key_goes_where_nobody_can_listen(String url) {
        options.url = url;
        assertThat(String.valueOf(options.address().apiKey())).isEqualTo(key.toString());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "http://10.0.0.5:8000",
                "http://broker.example",
                "http://127.0.0.1.broker.example",
                "http://localhost.broker.example:8000",
                "http://[fe80::1]:8000",
                "http://user@broker.example"
            })
    void a_key_goes_in_clear_to_no_other_machine(String url) {
        options.url = url;
        assertThatThrownBy(options::address)
                .isInstanceOf(UsageException.class)
                .hasMessageContaining(url)
                .hasMessageContaining("--key-in-clear")
                .hasMessageContaining("https://");
    }

    @Test
    void a_key_goes_in_clear_where_that_is_said() {
        options.url = "http://10.0.0.5:8000";
        options.apiKey.inClear = true;
        assertThat(String.valueOf(options.address().apiKey())).isEqualTo(key.toString());
    }
}
