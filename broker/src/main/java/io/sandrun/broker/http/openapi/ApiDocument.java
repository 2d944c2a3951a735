package io.sandrun.broker.http.openapi;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.sandrun.protocol.ErrorBody;
import io.sandrun.protocol.Json;
import io.sandrun.protocol.identity.ApiKey;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Map.Entry;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The API as an OpenAPI 3.1 document. Paths, verbs and roles come from the routes; what each is for from {@code
 * operations.json}, under the route's own name; what is answered from our records, or from {@code schemas.json} where
 * no record is. Immutable.
 */
public final class ApiDocument {
    private static final String JSON = "application/json";
    private static final String ERROR = "ErrorBody";
    private static final Pattern PARAMETER = Pattern.compile("[{<]([a-z0-9_]+)[}>]");

    private final Map<String, Class<?>> records;
    private final JsonNode operations = resource("operations.json");
    private final ObjectNode document = Json.MAPPER.createObjectNode();
    private final ObjectNode schemas;
    private final RecordSchemas ofRecords;

    private ApiDocument(Map<String, Class<?>> records, String version) {
        this.records = records;
        document.put("openapi", "3.1.0");
        document.putObject("info")
                .put("title", "Sandrun")
                .put("version", version)
                .put(
                        "description",
                        "Runs code in sandboxes on the machines that offered themselves. WebSockets are not in here.");
        document.putObject("paths");
        ObjectNode components = document.putObject("components");
        schemas = components.putObject("schemas");
        Map<Class<?>, String> names = new HashMap<>();
        records.forEach((name, type) -> names.put(type, name));
        ofRecords = new RecordSchemas(schemas, names);
        ObjectNode security = components.putObject("securitySchemes");
        security.putObject("bearer").put("type", "http").put("scheme", "bearer");
        security.putObject("header").put("type", "apiKey").put("in", "header").put("name", ApiKey.HEADER);
    }

    /**
     * @param records that are answered or read, by the name under which the descriptions have them
     * @throws IllegalStateException for a route that nobody has described
     */
    public static JsonNode of(List<ApiRoute> routes, Map<String, Class<?>> records, String version) {
        ApiDocument api = new ApiDocument(records, version);
        resource("schemas.json").properties().forEach(schema -> api.schemas.set(schema.getKey(), schema.getValue()));
        api.ofRecords.of(ErrorBody.class, false);
        routes.forEach(api::add);
        // Also those that only other schemas point at.
        records.values().forEach(record -> api.ofRecords.of(record, false));
        return api.document;
    }

    private static JsonNode resource(String name) {
        try (InputStream in = ApiDocument.class.getResourceAsStream(name)) {
            return Json.MAPPER.readTree(in);
        } catch (IOException broken) {
            throw new UncheckedIOException(broken);
        }
    }

    private void add(ApiRoute route) {
        JsonNode described = operations.path(route.name());
        if (described.isMissingNode()) {
            throw new IllegalStateException("nobody says what " + route.name() + " is for");
        }
        ObjectNode paths = (ObjectNode) document.path("paths");
        ObjectNode operation = paths.withObjectProperty(
                        PARAMETER.matcher(route.path()).replaceAll("{$1}"))
                .putObject(route.verb().toLowerCase(Locale.ROOT));
        operation.put("summary", described.path("summary").asText());
        operation.put("operationId", operationId(route));
        addAccess(operation, route.role());
        addParameters(operation, route, described);
        addBody(operation, described.path("body"));
        addAnswers(operation, described.path("answers"));
    }

    private static String operationId(ApiRoute route) {
        return (route.verb().toLowerCase(Locale.ROOT) + route.path())
                .replaceAll("[^a-z0-9]+", "_")
                .replaceAll("_$", "");
    }

    /** Without keys a broker asks for none. */
    private static void addAccess(ObjectNode operation, String role) {
        ArrayNode security = operation.putArray("security");
        security.addObject();
        if (!role.isEmpty()) {
            operation.put("description", "With API keys it takes the role " + role + ".");
            security.addObject().putArray("bearer");
            security.addObject().putArray("header");
        }
    }

    private static void addParameters(ObjectNode operation, ApiRoute route, JsonNode described) {
        ArrayNode parameters = operation.putArray("parameters");
        Matcher inPath = PARAMETER.matcher(route.path());
        while (inPath.find()) {
            parameters
                    .addObject()
                    .put("name", inPath.group(1))
                    .put("in", "path")
                    .put("required", true)
                    .putObject("schema")
                    .put("type", "string");
        }
        for (String where : List.of("query", "header")) {
            for (Entry<String, JsonNode> said : described.path(where).properties()) {
                parameters
                        .addObject()
                        .put("name", said.getKey())
                        .put("in", where)
                        .putObject("schema")
                        .put("type", said.getValue().asText());
            }
        }
    }

    private void addBody(ObjectNode operation, JsonNode body) {
        if (!body.isMissingNode()) {
            ObjectNode content =
                    operation.putObject("requestBody").put("required", true).putObject("content");
            addContent(content, body, true);
        }
    }

    private void addAnswers(ObjectNode operation, JsonNode answers) {
        ObjectNode responses = operation.putObject("responses");
        answers.properties().forEach(answer -> {
            ObjectNode response = responses.putObject(answer.getKey()).put("description", "See its schema.");
            addContent(response.putObject("content"), answer.getValue(), false);
        });
        responses
                .putObject("default")
                .put("description", "An error: a sentence for people, a stable code for programs.")
                .putObject("content")
                .putObject(JSON)
                .set("schema", RecordSchemas.pointer(ERROR));
    }

    /** One or several of: the name of what is JSON, or a media type. */
    private void addContent(ObjectNode content, JsonNode kinds, boolean isAsked) {
        for (JsonNode kind :
                kinds.isArray() ? kinds : Json.MAPPER.createArrayNode().add(kinds)) {
            String name = kind.asText();
            if (name.contains("/")) {
                content.putObject(name).putObject("schema").put("type", "string");
            } else {
                content.putObject(JSON).set("schema", schema(name, isAsked));
            }
        }
    }

    private ObjectNode schema(String name, boolean isAsked) {
        Class<?> record = records.get(name);
        if (record != null) {
            return ofRecords.of(record, isAsked);
        }
        if (!schemas.has(name)) {
            throw new IllegalStateException("nobody says what a " + name + " is");
        }
        return RecordSchemas.pointer(name);
    }
}
