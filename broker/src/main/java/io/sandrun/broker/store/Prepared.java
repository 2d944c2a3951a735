package io.sandrun.broker.store;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * One compiled statement: bind every parameter, then run it once. A value that was not bound anew would be the one of
 * the use before, so a use that leaves one out fails. For the thread that has the connection.
 */
final class Prepared implements AutoCloseable {
    /** A parameter, or a quoted text, in which a colon is only a colon. */
    private static final Pattern PARAMETER = Pattern.compile("'[^']*'|:(\\w+)");

    private final String name;
    private final PreparedStatement statement;

    /** SQLite numbers parameters from 1 in the order in which their names first appear. */
    private final Map<String, Integer> places = new HashMap<>();

    private final Row row = new Row();
    private long bound;
    private boolean isClosed;

    /** Makes a value of the row that it is shown, which is another one afterwards. */
    @FunctionalInterface
    interface Reading<T> {
        T of(Row row) throws SQLException;
    }

    Prepared(String name, Connection connection, String sql) throws SQLException {
        this.name = name;
        this.statement = connection.prepareStatement(sql);
        Matcher parameters = PARAMETER.matcher(sql);
        while (parameters.find()) {
            if (parameters.group(1) != null) {
                places.putIfAbsent(parameters.group(1), places.size() + 1);
            }
        }
    }

    /** @param value a text, a number, bytes, or null */
    Prepared bind(String parameter, @Nullable Object value) {
        Integer place = places.get(parameter);
        if (place == null) {
            throw new IllegalArgumentException("the statement " + name + " has no parameter " + parameter);
        }
        bound |= 1L << place;
        try {
            statement.setObject(place, value);
        } catch (SQLException failed) {
            throw failed(failed);
        }
        return this;
    }

    /** Answers how many rows it changed. */
    int run() {
        requireBound();
        try {
            return statement.executeUpdate();
        } catch (SQLException failed) {
            throw failed(failed);
        }
    }

    /** Every row. */
    <T> List<T> list(Reading<T> reading) {
        requireBound();
        try (ResultSet rows = statement.executeQuery()) {
            row.show(rows);
            List<T> all = new ArrayList<>();
            while (rows.next()) {
                all.add(reading.of(row));
            }
            return all;
        } catch (SQLException failed) {
            throw failed(failed);
        }
    }

    /** Every row, to someone who may stop early; not to be kept. */
    <T, R> R stream(Reading<T> reading, Function<Stream<T>, R> use) {
        requireBound();
        try (ResultSet rows = statement.executeQuery()) {
            row.show(rows);
            return use.apply(Stream.generate(() -> next(rows, reading))
                    .takeWhile(Optional::isPresent)
                    .map(Optional::get));
        } catch (SQLException failed) {
            throw failed(failed);
        }
    }

    private <T> Optional<T> next(ResultSet rows, Reading<T> reading) {
        try {
            return rows.next() ? Optional.of(reading.of(row)) : Optional.empty();
        } catch (SQLException failed) {
            throw failed(failed);
        }
    }

    /** The row, where there is at most one. */
    <T> Optional<T> first(Reading<T> reading) {
        requireBound();
        try (ResultSet rows = statement.executeQuery()) {
            row.show(rows);
            Optional<T> first = rows.next() ? Optional.of(reading.of(row)) : Optional.empty();
            // Only a statement that has said its last has changed what it says.
            if (first.isPresent() && rows.next()) {
                throw new IllegalStateException("the statement " + name + " found more than one row");
            }
            return first;
        } catch (SQLException failed) {
            throw failed(failed);
        }
    }

    /** The row, where there is always one. */
    <T> T one(Reading<T> reading) {
        return first(reading).orElseThrow(() -> new IllegalStateException("the statement " + name + " found no row"));
    }

    private void requireBound() {
        if (Long.bitCount(bound) != places.size()) {
            throw new IllegalStateException("the statement " + name + " needs all of " + places.keySet());
        }
        bound = 0;
    }

    /** After some errors the driver ends a statement, after others not: after any, the next use compiles a new one. */
    private StatementFailed failed(SQLException failure) {
        close();
        return new StatementFailed(name, failure);
    }

    boolean isClosed() {
        return isClosed;
    }

    @Override
    public void close() {
        isClosed = true;
        try {
            statement.close();
        } catch (SQLException alreadyGone) {
            // With its connection, whose failure has been told.
        }
    }
}
