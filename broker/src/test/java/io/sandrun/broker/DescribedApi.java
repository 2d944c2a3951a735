package io.sandrun.broker;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.networknt.schema.Error;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import io.sandrun.broker.BrokerUnderTest.Reply;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;

/** What an OpenAPI document promises, taken at its word: nothing may be answered that it does not name. */
final class DescribedApi {
    private final JsonNode paths;
    private final JsonNode components;
    private final SchemaRegistry registry = SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12);
    private final Set<String> notAsked = new TreeSet<>();

    DescribedApi(JsonNode document) {
        assertThat(document.path("openapi").asText()).startsWith("3.1");
        paths = document.path("paths");
        components = document.path("components").deepCopy();
        close(components.path("schemas"));
        paths.properties()
                .forEach(path -> path.getValue()
                        .properties()
                        .forEach(verb -> notAsked.add(verb.getKey().toUpperCase(Locale.ROOT) + " " + path.getKey())));
        assertThat(notAsked).hasSizeGreaterThan(40);
    }

    /** Every object that says what it has has nothing else. */
    private static void close(JsonNode schema) {
        if (schema instanceof ObjectNode object && object.has("properties") && !object.has("additionalProperties")) {
            object.put("additionalProperties", false);
        }
        schema.forEach(DescribedApi::close);
    }

    /** Routes for which no answer was checked. */
    Set<String> notAsked() {
        return notAsked;
    }

    /** The status must be this one, and the answer as it is described. */
    void check(String verb, String route, Reply reply, int status) {
        String where = "%s %s: %s %s"
                .formatted(verb, route, reply.status(), reply.raw().body());
        assertThat(reply.status()).as(where).isEqualTo(status);
        String type =
                reply.raw().headers().firstValue("Content-Type").orElse("").replaceAll(";.*", "");
        JsonNode content = answer(verb, route, status).path("content");
        if (type.equals("application/json")) {
            assertThat(faults(verb, route, status, reply.body())).as(where).isEmpty();
        } else {
            assertThat(content.has(type) || content.has("*/*"))
                    .as("%s is %s", where, type)
                    .isTrue();
        }
        notAsked.remove(verb + " " + route);
    }

    /** Likewise of an answer that does not end. */
    void checkStream(String route, HttpResponse<?> answer) {
        assertThat(answer.statusCode()).isEqualTo(200);
        String type = answer.headers().firstValue("Content-Type").orElse("").replaceAll(";.*", "");
        assertThat(answer("GET", route, 200).path("content").has(type))
                .as("%s is %s", route, type)
                .isTrue();
        notAsked.remove("GET " + route);
    }

    /** What is not as it is described. */
    List<String> faults(String verb, String route, int status, JsonNode body) {
        JsonNode schema = answer(verb, route, status)
                .path("content")
                .path("application/json")
                .path("schema");
        assertThat(schema.isObject())
                .as("%s %s has JSON for %d", verb, route, status)
                .isTrue();
        ObjectNode whole = schema.deepCopy();
        whole.set("components", components);
        return registry.getSchema(whole).validate(body).stream()
                .map(Error::toString)
                .toList();
    }

    private JsonNode answer(String verb, String route, int status) {
        JsonNode responses =
                paths.path(route).path(verb.toLowerCase(Locale.ROOT)).path("responses");
        assertThat(responses.isObject()).as("%s %s is described", verb, route).isTrue();
        JsonNode told = responses.path(Integer.toString(status));
        return told.isObject() ? told : responses.path("default");
    }
}
