package io.sandrun.broker.store;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jdbi.v3.core.locator.ClasspathSqlLocator;

/** Finds the named statements of the module {@code sql}. Each is read once and then kept. Thread-safe. */
final class Statements {
    private static final String FOLDER = "io.sandrun.sql.queries.";
    private static final ClasspathSqlLocator LOCATOR = ClasspathSqlLocator.removingComments();

    /** Jdbi's own locator searches the class path each time before it looks into its cache. */
    private static final Map<String, String> FOUND = new ConcurrentHashMap<>();

    private Statements() {}

    /**
     * @param name folder and file without its ending, {@code job.insert}
     * @throws org.jdbi.v3.core.locator.SqlLocatorException if there is none: a broken build
     */
    static String named(String name) {
        return FOUND.computeIfAbsent(name, file -> LOCATOR.locate(FOLDER + file));
    }
}
