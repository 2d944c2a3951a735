package io.sandrun.broker.http.openapi;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.sandrun.protocol.Json;
import java.lang.reflect.AnnotatedParameterizedType;
import java.lang.reflect.AnnotatedType;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Schemas of records, as JSON has them: what a component is called, whether it may be null or left out, what is in it.
 * Each record is described once, and pointed at. For one thread.
 */
final class RecordSchemas {
    private static final SnakeCaseStrategy NAMES = new SnakeCaseStrategy();
    private static final Map<Class<?>, String> SIMPLE = Map.ofEntries(
            Map.entry(String.class, "string"),
            Map.entry(int.class, "integer"),
            Map.entry(Integer.class, "integer"),
            Map.entry(long.class, "integer"),
            Map.entry(Long.class, "integer"),
            Map.entry(double.class, "number"),
            Map.entry(Double.class, "number"),
            Map.entry(boolean.class, "boolean"),
            Map.entry(Boolean.class, "boolean"));

    private final ObjectNode schemas;
    private final Map<Class<?>, String> names;

    /**
     * @param schemas into which each is put under its name
     * @param names of those that are not called as their class is
     */
    RecordSchemas(ObjectNode schemas, Map<Class<?>, String> names) {
        this.schemas = schemas;
        this.names = names;
    }

    /**
     * Describes a record, and the records in it.
     *
     * @param isAsked whether the broker reads it: then it does without what is not there
     * @return where its description is
     */
    ObjectNode of(Class<?> type, boolean isAsked) {
        String name = name(type);
        if (!schemas.has(name)) {
            ObjectNode schema = schemas.putObject(name).put("type", "object");
            ObjectNode properties = schema.putObject("properties");
            ArrayNode required = schema.putArray("required");
            for (RecordComponent component : type.getRecordComponents()) {
                String property = NAMES.translate(component.getName());
                properties.set(property, described(component.getAnnotatedType(), isAsked));
                if (!isAsked && !mayBeAbsent(type, component)) {
                    required.add(property);
                }
            }
            if (required.isEmpty()) {
                schema.remove("required");
            }
        }
        return pointer(name);
    }

    /** Inner records have their outer class's name before their own. */
    private String name(Class<?> type) {
        String given = names.get(type);
        if (given != null) {
            return given;
        }
        Class<?> outer = type.getEnclosingClass();
        return outer == null ? type.getSimpleName() : name(outer) + type.getSimpleName();
    }

    static ObjectNode pointer(String name) {
        return Json.MAPPER.createObjectNode().put("$ref", "#/components/schemas/" + name);
    }

    private static boolean mayBeAbsent(Class<?> type, RecordComponent component) {
        return isLeftOut(type.getAnnotation(JsonInclude.class))
                || isLeftOut(component.getAccessor().getAnnotation(JsonInclude.class));
    }

    private static boolean isLeftOut(@Nullable JsonInclude include) {
        return include != null && include.value() == JsonInclude.Include.NON_NULL;
    }

    private ObjectNode described(AnnotatedType type, boolean isAsked) {
        ObjectNode schema = of(type, isAsked);
        if (!type.isAnnotationPresent(Nullable.class) || schema.isEmpty()) {
            return schema;
        }
        ObjectNode orNull = Json.MAPPER.createObjectNode();
        orNull.putArray("anyOf").add(schema).addObject().put("type", "null");
        return orNull;
    }

    private ObjectNode of(AnnotatedType annotated, boolean isAsked) {
        ObjectNode schema = Json.MAPPER.createObjectNode();
        Type type = annotated.getType();
        if (annotated instanceof AnnotatedParameterizedType generic && type instanceof ParameterizedType whole) {
            AnnotatedType[] arguments = generic.getAnnotatedActualTypeArguments();
            if (whole.getRawType() == List.class || whole.getRawType() == Set.class) {
                schema.put("type", "array").set("items", described(arguments[0], isAsked));
            } else if (whole.getRawType() == Map.class) {
                schema.put("type", "object").set("additionalProperties", described(arguments[1], isAsked));
            } else {
                throw new IllegalStateException("no schema for " + type);
            }
            return schema;
        }
        Class<?> plain = (Class<?>) type;
        if (SIMPLE.containsKey(plain)) {
            return schema.put("type", SIMPLE.get(plain));
        }
        if (plain.isEnum()) {
            ArrayNode words = schema.put("type", "string").putArray("enum");
            for (Object constant : plain.getEnumConstants()) {
                words.add(Json.MAPPER.<JsonNode>valueToTree(constant));
            }
            return schema;
        }
        if (plain.isRecord()) {
            return of(plain, isAsked);
        }
        if (plain == Object.class || JsonNode.class.isAssignableFrom(plain)) {
            return schema;
        }
        throw new IllegalStateException("no schema for " + type);
    }
}
