package io.sandrun.broker.store;

import io.sandrun.protocol.Outcome;
import java.nio.charset.StandardCharsets;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The row that a statement stands at, by its columns' names. For the reading that it is shown to. */
final class Row {
    private final Map<String, Integer> places = new HashMap<>();
    private @Nullable ResultSet rows;

    /** @param now of the one statement whose rows this ever shows */
    void show(ResultSet now) throws SQLException {
        rows = now;
        if (places.isEmpty()) {
            ResultSetMetaData columns = now.getMetaData();
            for (int place = 1; place <= columns.getColumnCount(); place++) {
                places.put(columns.getColumnName(place), place);
            }
        }
    }

    String text(String column) throws SQLException {
        String text = textOrNull(column);
        if (text == null) {
            throw new IllegalStateException("no row has null in " + column);
        }
        return text;
    }

    /** Of a row that has one column. */
    String firstText() throws SQLException {
        return new String(rows().getBytes(1), StandardCharsets.UTF_8);
    }

    /** Likewise; a sum or a count, which is not null. */
    long firstWhole() throws SQLException {
        return rows().getLong(1);
    }

    /** Text comes as its bytes: the driver's own way to a text makes a buffer outside the heap for each. */
    @Nullable
    String textOrNull(String column) throws SQLException {
        byte[] utf8 = rows().getBytes(place(column));
        return utf8 == null ? null : new String(utf8, StandardCharsets.UTF_8);
    }

    byte @Nullable [] bytesOrNull(String column) throws SQLException {
        return rows().getBytes(place(column));
    }

    byte[] bytes(String column) throws SQLException {
        return rows().getBytes(place(column));
    }

    long whole(String column) throws SQLException {
        return rows().getLong(place(column));
    }

    int count(String column) throws SQLException {
        return rows().getInt(place(column));
    }

    boolean flag(String column) throws SQLException {
        return rows().getInt(place(column)) != 0;
    }

    double real(String column) throws SQLException {
        return rows().getDouble(place(column));
    }

    @Nullable
    Long wholeOrNull(String column) throws SQLException {
        long value = whole(column);
        // Nearly always there is a value, which spares the second question.
        return value == 0 && rows().wasNull() ? null : value;
    }

    /** Likewise a number that is never large. */
    @Nullable
    Integer countOrNull(String column) throws SQLException {
        int value = count(column);
        return value == 0 && rows().wasNull() ? null : value;
    }

    @Nullable
    Outcome outcomeOrNull(String column) throws SQLException {
        String word = textOrNull(column);
        return word == null ? null : Outcome.ofWire(word);
    }

    private int place(String column) {
        Integer place = places.get(column);
        if (place == null) {
            throw new IllegalArgumentException("there is no column " + column + " but " + places.keySet());
        }
        return place;
    }

    private ResultSet rows() {
        if (rows == null) {
            throw new IllegalStateException("a row is read only inside a reading");
        }
        return rows;
    }
}
