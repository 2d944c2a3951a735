package io.sandrun.broker;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EnvironmentsTest {
    @TempDir
    private Path directory;

    @AutoClose
    private BrokerUnderTest broker;

    @BeforeEach
    void start() {
        broker = BrokerUnderTest.start(directory);
    }

    private JsonNode page() {
        return broker.get("/environments").body();
    }

    private static Map<String, Object> environment(
            String name, String digest, String pandas, List<String> more, long diskBytes) {
        Map<String, String> packages = new LinkedHashMap<>();
        packages.put("pandas", pandas);
        packages.put("numpy", "1.24.2");
        more.forEach(other -> packages.put(other, "1"));
        return Map.of(
                "name", name,
                "interpreter", "python3",
                "interpreter_version", "3.11.2",
                "packages", packages,
                "digest", digest,
                "preload", List.of("pandas"),
                "disk_bytes", diskBytes);
    }

    @Test
    void without_nodes_there_are_none() {
        assertThat(page().toString())
                .isEqualTo("{\"environments\":[],\"templates\":[],\"stats\":{\"total_templates\":0,"
                        + "\"cached_environments\":0,\"total_uses\":0,\"disk_usage_mb\":0.0}}");
    }

    @Test
    void what_live_nodes_offer_is_united_by_name() {
        ScriptedNode.register(
                broker,
                "one",
                Map.of(
                        "environments",
                        List.of(
                                environment("ml-basic", "aa", "1.5.3", List.of("extra"), 3 << 20),
                                environment("again", "aa", "1.5.3", List.of("extra"), 3 << 20))));
        ScriptedNode.register(
                broker,
                "two",
                Map.of("environments", List.of(environment("ml-basic", "bb", "2.0", List.of(), 1 << 19))));
        ScriptedNode.register(
                broker, "three", Map.of("environments", List.of(environment("ml-basic", "bb", "2.0", List.of(), 0))));
        ScriptedNode gone = ScriptedNode.register(broker, "gone", Map.of("environments", List.of("old")));
        gone.release(true);
        JsonNode page = page();
        assertThat(page.path("templates").toString()).isEqualTo("[\"again\",\"ml-basic\"]");
        JsonNode basic = page.path("environments").path(1);
        assertThat(basic.path("name").asText()).isEqualTo("ml-basic");
        assertThat(basic.path("packages").toString()).isEqualTo("[\"pandas\",\"numpy\"]");
        assertThat(basic.path("python_version").asText()).isEqualTo("3.11.2");
        assertThat(basic.path("nodes").asInt()).isEqualTo(3);
        assertThat(basic.path("variants"))
                .extracting(variant -> variant.path("digest").asText() + " on "
                        + variant.path("nodes").asInt() + " with "
                        + variant.path("packages").path("pandas").asText())
                .containsExactly("bb on 2 with 2.0", "aa on 1 with 1.5.3");
        assertThat(page.path("stats").toString())
                .isEqualTo("{\"total_templates\":2,\"cached_environments\":4,\"total_uses\":0,\"disk_usage_mb\":3.5}");
    }

    @Test
    void an_older_node_tells_names_only() {
        ScriptedNode.register(broker, "old", Map.of("environments", List.of("ml-basic")));
        assertThat(page().path("environments").path(0).toString())
                .startsWith("{\"name\":\"ml-basic\",\"packages\":[],\"python_version\":null");
    }

    @Test
    void jobs_that_ended_in_an_environment_are_counted() {
        ScriptedNode node = ScriptedNode.register(
                broker, "one", Map.of("environments", List.of(environment("ml-basic", "aa", "2.0", List.of(), 0))));
        broker.submit(Map.of("code", "x", "environment", "ml-basic"));
        broker.submit("y");
        node.complete(node.claimOne(), "");
        node.complete(node.claimOne(), "");
        assertThat(page().path("stats").path("total_uses").asInt()).isEqualTo(1);
        assertThat(page().toString()).contains("\"cached_environments\":1");
    }
}
