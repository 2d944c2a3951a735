package io.sandrun.broker;

import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.sandrun.protocol.ErrorCode;
import io.sandrun.protocol.Json;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * One JSON object of a request, read field by field: each read says what the field must be, and whatever does not fit
 * is a {@link Refusal} that names it. JSON's types are kept apart: {@code "5"} is no number and {@code true} is no 1. A
 * field with {@code null} counts as absent. For one thread.
 */
public final class JsonFields {
    private final JsonNode object;
    private final String prefix;
    private final @Nullable JsonFields otherwise;
    private final Set<String> asked = new HashSet<>();

    private JsonFields(JsonNode object, String prefix, @Nullable JsonFields otherwise) {
        this.object = object;
        this.prefix = prefix;
        this.otherwise = otherwise;
    }

    /** The fields of an object that was read already. */
    public static JsonFields of(ObjectNode object) {
        return new JsonFields(object, "", null);
    }

    /** @throws Refusal if the body is not one JSON object */
    public static JsonFields parse(byte[] body) {
        if (body.length == 0) {
            throw new Refusal(ErrorCode.INVALID_JSON, "The request has no body: send one JSON object.");
        }
        return new JsonFields(tree(body, "body", Map.of()), "", null);
    }

    /**
     * Likewise one that is only a part of the request; an empty one is an object without fields.
     *
     * @param part its name, which stands before those of its fields
     */
    public static JsonFields parsePart(byte[] text, String part) {
        JsonNode tree = isBlank(text) ? Json.MAPPER.createObjectNode() : tree(text, part, Map.of("field", part));
        return new JsonFields(tree, part + ".", null);
    }

    /** These fields, and for those that are absent the other ones. Each is named by where it stands. */
    public JsonFields or(JsonFields others) {
        return new JsonFields(object, prefix, others);
    }

    private static JsonNode tree(byte[] text, String what, Map<String, Object> details) {
        JsonNode tree;
        try {
            tree = Json.MAPPER.readTree(text);
        } catch (IOException broken) {
            throw new Refusal(ErrorCode.INVALID_JSON, "The " + what + " is not JSON: " + firstLine(broken), details);
        }
        if (!tree.isObject()) {
            throw new Refusal(
                    ErrorCode.INVALID_JSON, "The " + what + " must be a JSON object, written in braces.", details);
        }
        return tree;
    }

    private static boolean isBlank(byte[] text) {
        for (byte character : text) {
            if (character != ' ' && character != '\t' && character != '\r' && character != '\n') {
                return false;
            }
        }
        return true;
    }

    /** What is wrong and where, without the parser's words on itself. */
    private static String firstLine(IOException broken) {
        if (!(broken instanceof JsonProcessingException wrong)) {
            return "it cannot be read.";
        }
        String message = wrong.getOriginalMessage().lines().findFirst().orElse("");
        int aside = message.indexOf(" (start marker");
        JsonLocation place = wrong.getLocation();
        String where = place == null ? "" : ", at line " + place.getLineNr() + ", column " + place.getColumnNr();
        return (aside < 0 ? message : message.substring(0, aside)) + where + ".";
    }

    /** How a refusal names the field: with the path to this object before it. */
    public String place(String name) {
        return otherwise != null && value(name).isMissingNode() && otherwise.has(name)
                ? otherwise.place(name)
                : prefix + name;
    }

    public boolean has(String name) {
        return !field(name).isMissingNode();
    }

    /** @param bytesMax how long it may be in UTF-8 */
    public Optional<String> text(String name, int bytesMax) {
        JsonNode value = field(name);
        return value.isMissingNode() ? Optional.empty() : Optional.of(textOf(value, place(name), bytesMax));
    }

    public String requiredText(String name, int bytesMax) {
        return text(name, bytesMax).orElseThrow(() -> Refusal.missingField(place(name), "a text"));
    }

    public Optional<Double> number(String name, double min, double max) {
        JsonNode value = field(name);
        if (value.isMissingNode()) {
            return Optional.empty();
        }
        if (!value.isNumber() || !(value.doubleValue() >= min && value.doubleValue() <= max)) {
            throw Refusal.invalidField(place(name), "a number from " + plain(min) + " to " + plain(max));
        }
        return Optional.of(value.doubleValue());
    }

    public Optional<Long> wholeNumber(String name, long min, long max) {
        JsonNode value = field(name);
        if (value.isMissingNode()) {
            return Optional.empty();
        }
        boolean whole = value.isNumber() && value.doubleValue() == Math.rint(value.doubleValue());
        if (!whole || value.doubleValue() < min || value.doubleValue() > max) {
            throw Refusal.invalidField(place(name), "a whole number from " + min + " to " + max);
        }
        return Optional.of(value.longValue());
    }

    public long requiredWholeNumber(String name, long min, long max) {
        return wholeNumber(name, min, max)
                .orElseThrow(() -> Refusal.missingField(place(name), "a whole number from " + min + " to " + max));
    }

    public Optional<Boolean> flag(String name) {
        JsonNode value = field(name);
        if (value.isMissingNode()) {
            return Optional.empty();
        }
        if (!value.isBoolean()) {
            throw Refusal.invalidField(place(name), "true or false");
        }
        return Optional.of(value.booleanValue());
    }

    /** Whether the field holds a text, for fields that may be something else as well. */
    public boolean isText(String name) {
        return field(name).isTextual();
    }

    /** Whether the field holds true or false, for fields that may be a count as well. */
    public boolean isFlag(String name) {
        return field(name).isBoolean();
    }

    /** Likewise whether it holds an object. */
    public boolean isObject(String name) {
        return field(name).isObject();
    }

    /** Whether the field holds a list that begins with a text, for lists that may be of objects as well. */
    public boolean isListOfTexts(String name) {
        return field(name).path(0).isTextual();
    }

    /** An absent list is empty. */
    public List<String> texts(String name, int entriesMax, int bytesMax) {
        List<String> texts = new ArrayList<>();
        for (JsonNode element : list(name, "a list of at most " + entriesMax + " texts", entriesMax)) {
            texts.add(textOf(element, place(name) + "[" + texts.size() + "]", bytesMax));
        }
        return texts;
    }

    /** An absent list is empty. */
    public List<JsonFields> objects(String name, int entriesMax) {
        List<JsonFields> objects = new ArrayList<>();
        String expected = "a list of at most " + entriesMax + " objects";
        for (JsonNode element : list(name, expected, entriesMax)) {
            String place = place(name) + "[" + objects.size() + "]";
            if (!element.isObject()) {
                throw Refusal.invalidField(place, "an object");
            }
            objects.add(new JsonFields(element, place + ".", null));
        }
        return objects;
    }

    public Optional<JsonFields> object(String name) {
        JsonNode value = field(name);
        if (value.isMissingNode()) {
            return Optional.empty();
        }
        if (!value.isObject()) {
            throw Refusal.invalidField(place(name), "an object");
        }
        return Optional.of(new JsonFields(value, place(name) + ".", null));
    }

    /** An object of texts; an absent one is empty. The order is the sender's. */
    public Map<String, String> textMap(String name, int entriesMax, int bytesMax) {
        Map<String, String> texts = new LinkedHashMap<>();
        JsonNode value = field(name);
        if (value.isMissingNode()) {
            return texts;
        }
        if (!value.isObject() || value.size() > entriesMax) {
            throw Refusal.invalidField(place(name), "an object of at most " + entriesMax + " texts");
        }
        value.properties()
                .forEach(entry -> texts.put(
                        entry.getKey(), textOf(entry.getValue(), place(name) + "." + entry.getKey(), bytesMax)));
        return texts;
    }

    /** Refuses fields that nobody asked for: most often a slip of the pen that would silently change what runs. */
    public void refuseUnknown() {
        refuseOthers(asked);
    }

    private void refuseOthers(Set<String> names) {
        if (otherwise != null) {
            otherwise.refuseOthers(names);
        }
        object.fieldNames().forEachRemaining(name -> {
            if (!names.contains(name)) {
                String guess = NearName.of(name, names)
                        .map(near -> " Did you mean \"" + near + "\"?")
                        .orElse("");
                throw new Refusal(
                        ErrorCode.UNKNOWN_FIELD,
                        "Nothing reads the field \"" + prefix + name + "\"." + guess,
                        Map.of(
                                "field",
                                prefix + name,
                                "expected",
                                "one of " + String.join(", ", new TreeSet<>(names))));
            }
        });
    }

    private JsonNode field(String name) {
        asked.add(name);
        JsonNode value = value(name);
        return value.isMissingNode() && otherwise != null ? otherwise.field(name) : value;
    }

    private JsonNode value(String name) {
        JsonNode value = object.path(name);
        return value.isNull() ? MissingNode.getInstance() : value;
    }

    private Iterable<JsonNode> list(String name, String expected, int entriesMax) {
        JsonNode value = field(name);
        if (value.isMissingNode()) {
            return List.of();
        }
        if (!value.isArray() || value.size() > entriesMax) {
            throw Refusal.invalidField(place(name), expected);
        }
        return value;
    }

    private static String textOf(JsonNode value, String place, int bytesMax) {
        if (!value.isTextual()) {
            throw Refusal.invalidField(place, "a text");
        }
        String text = value.textValue();
        if (utf8Bytes(text, place) > bytesMax) {
            throw Refusal.invalidField(place, "a text of at most " + bytesMax + " bytes in UTF-8");
        }
        return text;
    }

    private static int utf8Bytes(String text, String place) {
        int bytes = 0;
        for (int index = 0; index < text.length(); index++) {
            char character = text.charAt(index);
            if (character < 0x80) {
                bytes += 1;
            } else if (character < 0x800) {
                bytes += 2;
            } else if (!Character.isSurrogate(character)) {
                bytes += 3;
            } else if (Character.isSurrogatePair(character, index + 1 < text.length() ? text.charAt(index + 1) : ' ')) {
                bytes += 4;
                index++;
            } else {
                throw Refusal.invalidField(place, "Unicode text; it has half of a surrogate pair");
            }
        }
        return bytes;
    }

    private static String plain(double number) {
        return number == Math.rint(number) ? Long.toString((long) number) : Double.toString(number);
    }
}
