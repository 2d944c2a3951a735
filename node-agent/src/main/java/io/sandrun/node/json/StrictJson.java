package io.sandrun.node.json;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.cfg.CoercionAction;
import com.fasterxml.jackson.databind.cfg.CoercionInputShape;
import com.fasterxml.jackson.databind.exc.UnrecognizedPropertyException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.type.LogicalType;
import java.io.IOException;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * Reads one JSON object into a record, strictly: what nobody would read is refused by name, and nothing is taken for
 * what it is not, such as {@code "8"} for 8. Thread-safe.
 *
 * @param <T> whose components are the fields, in snake_case
 */
public final class StrictJson<T> {
    private static final JsonMapper MAPPER = JsonMapper.builder()
            .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT)
            .disable(MapperFeature.ALLOW_COERCION_OF_SCALARS)
            .withCoercionConfig(LogicalType.Textual, texts -> {
                texts.setCoercion(CoercionInputShape.Integer, CoercionAction.Fail);
                texts.setCoercion(CoercionInputShape.Float, CoercionAction.Fail);
                texts.setCoercion(CoercionInputShape.Boolean, CoercionAction.Fail);
            })
            .build();

    private final ObjectReader reader;
    private final Map<String, String> expected;

    /** @param expected for each field what it must be, in words that follow "must be" */
    public StrictJson(Class<T> type, Map<String, String> expected) {
        this.reader = MAPPER.readerFor(type);
        this.expected = Map.copyOf(expected);
    }

    /** What was written does not fit; the message is a sentence that names the field. */
    public static final class MisfitException extends Exception {
        private static final long serialVersionUID = 1;
        private final String sentence;

        private MisfitException(String sentence) {
            super(sentence);
            this.sentence = sentence;
        }

        /** What the message is. */
        public String sentence() {
            return sentence;
        }

        public static MisfitException ofField(String field, String expected) {
            return new MisfitException("the field \"%s\" must be %s.".formatted(field, expected));
        }
    }

    /** @throws MisfitException for the first thing that does not fit */
    public T read(byte[] json) throws MisfitException {
        try {
            T value = reader.readValue(json);
            if (value == null) {
                throw new MisfitException("there is no JSON object in it.");
            }
            return value;
        } catch (UnrecognizedPropertyException unknown) {
            String known = unknown.getKnownPropertyIds().stream()
                    .map(String::valueOf)
                    .collect(Collectors.toCollection(TreeSet::new))
                    .stream()
                    .collect(Collectors.joining(", "));
            throw new MisfitException(
                    "nothing reads the field \"%s\"; there are %s.".formatted(unknown.getPropertyName(), known));
        } catch (JsonMappingException misfit) {
            String place = place(misfit);
            String wanted = expected.get(place.split("[.\\[]", 2)[0]);
            throw wanted == null
                    ? new MisfitException("it must be one JSON object, written in braces.")
                    : MisfitException.ofField(place, wanted);
        } catch (JsonProcessingException broken) {
            throw new MisfitException("it is not JSON: " + firstLine(broken.getOriginalMessage()) + ".");
        } catch (IOException noCharacters) {
            // Bytes that look like UTF-32 and are none, such as what a lost disk block leaves.
            throw new MisfitException("it is not JSON: its bytes are no characters.");
        }
    }

    private static String place(JsonMappingException misfit) {
        StringBuilder place = new StringBuilder();
        for (JsonMappingException.Reference step : misfit.getPath()) {
            if (step.getFieldName() == null) {
                place.append('[').append(step.getIndex()).append(']');
            } else {
                place.append(place.isEmpty() ? "" : ".").append(step.getFieldName());
            }
        }
        return place.toString();
    }

    private static String firstLine(String text) {
        return text.lines().findFirst().orElse("");
    }
}
