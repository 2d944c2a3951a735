package io.sandrun.protocol.identity;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.sandrun.protocol.Json;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** The digests of a receipt's fields, which is what a node signs. */
final class Seal {
    /** Where the digest of a value should stand that has none. No SHA-256 in hex looks like it. */
    private static final String NONE = "";

    private Seal() {}

    /**
     * For each field the SHA-256 of the canonical JSON of its value; for {@code outputs} an object with that of each
     * entry by its path.
     */
    static ObjectNode of(ObjectNode fields) {
        ObjectNode seal = Json.MAPPER.createObjectNode();
        fields.properties().forEach(field -> {
            JsonNode value = field.getValue();
            if (field.getKey().equals(Receipt.OUTPUTS) && value.isArray()) {
                seal.set(Receipt.OUTPUTS, ofOutputs(value));
            } else {
                seal.put(field.getKey(), digest(value));
            }
        });
        return seal;
    }

    private static ObjectNode ofOutputs(JsonNode outputs) {
        ObjectNode seal = Json.MAPPER.createObjectNode();
        outputs.forEach(entry -> seal.put(entry.path("path").asText(), digest(entry)));
        return seal;
    }

    /** A number beyond all doubles can be written in JSON, and has no canonical text. */
    private static String digest(JsonNode value) {
        try {
            return Digest.of(value);
        } catch (IllegalArgumentException noText) {
            return NONE;
        }
    }

    /** The names of the digests in which a seal is not as it should be; all of them if it is none. */
    static List<String> differences(ObjectNode expected, JsonNode seal) {
        List<String> names = new ArrayList<>();
        for (String name : names(expected, seal)) {
            JsonNode right = expected.path(name);
            JsonNode given = seal.path(name);
            if (name.equals(Receipt.OUTPUTS) && right.isObject() && given.isObject()) {
                names(right, given).stream()
                        .filter(path -> !right.path(path).equals(given.path(path)))
                        .forEach(path -> names.add(Receipt.OUTPUTS + "/" + path));
            } else if (!right.equals(given)) {
                names.add(name);
            }
        }
        return names;
    }

    private static Set<String> names(JsonNode one, JsonNode other) {
        Set<String> names = new TreeSet<>(CanonicalJson.BY_CODE_POINT);
        one.fieldNames().forEachRemaining(names::add);
        other.fieldNames().forEachRemaining(names::add);
        return names;
    }
}
