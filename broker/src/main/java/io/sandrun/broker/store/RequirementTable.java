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

    public long count() {
        return connection.statement("requirement.count").one(Row::firstWhole);
    }

    /** Number to canonical text. */
    public Map<Long, String> all() {
        return byNumber(connection.statement("requirement.all"));
    }

    /** Deletes those that no job has, all but the newest; answers them like {@link #all}. */
    public Map<Long, String> deleteUnused() {
        return byNumber(connection.statement("requirement.delete_unused"));
    }

    private static Map<Long, String> byNumber(Prepared query) {
        Map<Long, String> classes = new HashMap<>();
        query.list(row -> Map.entry(row.whole("id"), row.text("canonical")))
                .forEach(entry -> classes.put(entry.getKey(), entry.getValue()));
        return classes;
    }
}
