package io.sandrun.node.environment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.entry;

import io.sandrun.runtime.environment.EnvironmentDefinition;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DefinitionReaderTest {
    private static EnvironmentDefinition read(String json) throws DefinitionException {
        return new DefinitionReader(digest -> Path.of("/layers", digest))
                .read(json.getBytes(StandardCharsets.UTF_8), "own.json");
    }

    @Test
    void a_whole_definition_is_read() throws DefinitionException {
        String digest = "ab".repeat(32);
        EnvironmentDefinition read = read("""
                {
                  "name": "own",
                  "interpreter": "python3",
                  "executable": "/opt/python/bin/python3",
                  "packages": {"pandas": ["pandas", "pandas.io"], "a-b": ["a_b"]},
                  "preload": ["pandas"],
                  "layer": "%s",
                  "hint": "Ask the owner."
                }""".formatted(digest));
        assertThat(read.name()).isEqualTo("own");
        assertThat(read.language()).isEqualTo("python3");
        assertThat(read.executable()).isEqualTo(Path.of("/opt/python/bin/python3"));
        assertThat(read.packages())
                .containsExactly(entry("pandas", List.of("pandas", "pandas.io")), entry("a-b", List.of("a_b")));
        assertThat(read.preload()).containsExactly("pandas");
        assertThat(read.layer()).isEqualTo(Path.of("/layers", digest));
        assertThat(read.hint()).isEqualTo("Ask the owner.");
    }

    @Test
    void name_and_interpreter_are_enough() throws DefinitionException {
        EnvironmentDefinition read = read("{\"name\": \"own\", \"interpreter\": \"node\"}");
        assertThat(read.executable()).isNull();
        assertThat(read.layer()).isNull();
        assertThat(read.packages()).isEmpty();
        assertThat(read.preload()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "|it must be one JSON object",
                "{|it is not JSON",
                "[]|it must be one JSON object",
                "null|no JSON object",
                "{\"interpreter\":\"node\"}|the field \"name\" is missing.",
                "{\"name\":\"own\"}|the field \"interpreter\" is missing.",
                "{\"name\":\"../own\",\"interpreter\":\"node\"}|the field \"name\" must be 1 to 64 letters",
                "{\"name\":\"own\",\"interpreter\":\"bash\"}|the field \"interpreter\" must be one of python3, node.",
                "{\"name\":\"own\",\"interpreter\":[]}|the field \"interpreter\" must be a text.",
                "{\"name\":\"own\",\"interpreter\":\"node\",\"package\":{}}|nothing reads the field \"package\"",
                "PACKAGES[\"a\"]}|\"packages\" must be an object",
                "PACKAGES{\"a\":\"a\"}}|\"packages.a\" must be an object in",
                "PACKAGES{\"a\":[]}}|\"packages.a\" must be a list of one",
                "PACKAGES{\"a\":null}}|\"packages.a\" must be a list",
                "PACKAGES{\"a\":[null]}}|\"packages.a\" must be a list",
                "PACKAGES{\"a\":[\"b c\"]}}|\"packages.a\" must be a list",
                "PACKAGES{\"*\":[\"b\"]}}|\"packages\" must be an object whose",
                "{\"name\":\"own\",\"interpreter\":\"node\",\"preload\":[\"\\n\"]}|\"preload\" must be a list",
                "{\"name\":\"own\",\"interpreter\":\"node\",\"executable\":\"node\"}|\"executable\" must be",
                "{\"name\":\"own\",\"interpreter\":\"node\",\"layer\":\"../..\"}|\"layer\" must be the digest",
                "{\"name\":\"own\",\"interpreter\":\"node\",\"hint\":\"\\u001b[2J\"}|\"hint\" must be one line",
            })
    void what_is_wrong_is_named_with_its_file(String json, String said) {
        String whole = json == null
                ? ""
                : json.replace("PACKAGES", "{\"name\":\"own\",\"interpreter\":\"node\",\"packages\":");
        assertThatThrownBy(() -> read(whole))
                .isInstanceOf(DefinitionException.class)
                .hasMessageStartingWith("own.json: ")
                .hasMessageContaining(said)
                .hasMessageNotContaining("java.");
    }
}
