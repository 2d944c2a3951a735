package io.sandrun.cli;

import io.sandrun.protocol.Json;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Text in columns as wide as their widest cell. Cells are escaped: they hold what others chose. */
final class Table {
    private static final String GAP = "  ";

    private final List<List<String>> rows = new ArrayList<>();

    Table(String... heads) {
        rows.add(List.of(heads));
    }

    void row(String... cells) {
        List<String> row = new ArrayList<>();
        for (String cell : cells) {
            row.add(Console.escaped(cell).replace('\n', ' '));
        }
        rows.add(row);
    }

    void print() {
        lines().forEach(Console::say);
    }

    /** A line of JSON for each row, with the heads in small letters as names, instead of the table. */
    void print(boolean json) {
        if (!json) {
            print();
            return;
        }
        List<String> heads = rows.get(0);
        for (List<String> row : rows.subList(1, rows.size())) {
            Map<String, String> fields = new LinkedHashMap<>();
            for (int column = 0; column < heads.size(); column++) {
                fields.put(heads.get(column).toLowerCase(Locale.ROOT), row.get(column));
            }
            Console.say(Json.write(fields));
        }
    }

    List<String> lines() {
        int columns = rows.get(0).size();
        int[] widths = new int[columns];
        for (List<String> row : rows) {
            for (int column = 0; column < columns; column++) {
                widths[column] = Math.max(widths[column], row.get(column).length());
            }
        }
        List<String> lines = new ArrayList<>();
        for (List<String> row : rows) {
            StringBuilder line = new StringBuilder();
            for (int column = 0; column < columns; column++) {
                String cell = row.get(column);
                line.append(cell)
                        .append(" ".repeat(widths[column] - cell.length()))
                        .append(GAP);
            }
            lines.add(line.toString().stripTrailing());
        }
        return lines;
    }
}
