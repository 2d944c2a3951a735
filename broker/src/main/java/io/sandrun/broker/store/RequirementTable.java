package io.sandrun.broker.store;

import java.util.HashMap;
import java.util.Map;

/** Verbs on requirement classes: distinct needs, each with a number. */
public final class RequirementTable {
    private final StoreConnection connection;

    RequirementTable(StoreConnection connection) {
        this.connection = connection;
    }

    /** The number of these needs; a new one if nobody had them before. */
    public long intern(String canonical) {
        connection.statement("requirement.insert").bind("canonical", canonical).run();
        return connection
                .statement("requirement.find")
                .bind("canonical", canonical)
                .one(Row::firstWhole);
    }

    /** Number to canonical text. */
    public Map<Long, String> all() {
        Map<Long, String> classes = new HashMap<>();
        connection
                .statement("requirement.all")
                .list(row -> Map.entry(row.whole("id"), row.text("canonical")))
                .forEach(entry -> classes.put(entry.getKey(), entry.getValue()));
        return classes;
    }
}
