package io.sandrun.broker.store;

import java.util.HashMap;
import java.util.Map;
import org.jdbi.v3.core.Handle;

/** Verbs on requirement classes: distinct needs, each with a number. */
public final class RequirementTable {
    private final Handle handle;

    RequirementTable(Handle handle) {
        this.handle = handle;
    }

    /** The number of these needs; a new one if nobody had them before. */
    public long intern(String canonical) {
        handle.createUpdate(Statements.named("requirement.insert"))
                .bind("canonical", canonical)
                .execute();
        return handle.createQuery(Statements.named("requirement.find"))
                .bind("canonical", canonical)
                .mapTo(Long.class)
                .one();
    }

    /** Number to canonical text. */
    public Map<Long, String> all() {
        Map<Long, String> classes = new HashMap<>();
        handle.createQuery(Statements.named("requirement.all"))
                .map((row, context) -> Map.entry(row.getLong("id"), row.getString("canonical")))
                .forEach(entry -> classes.put(entry.getKey(), entry.getValue()));
        return classes;
    }
}
