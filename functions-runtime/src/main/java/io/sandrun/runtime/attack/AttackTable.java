package io.sandrun.runtime.attack;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads the page that lists all attacks. Stateless. */
public final class AttackTable {
    private static final String PAGE = "attacks.txt";
    private static final Pattern GROUP = Pattern.compile("group ([a-z]+) -- .+");
    private static final int COLUMNS = 5;

    private AttackTable() {}

    /** All attacks in the order of the page. */
    public static List<Attack> attacks() {
        try (InputStream page = AttackTable.class.getResourceAsStream(PAGE)) {
            if (page == null) {
                throw new IllegalStateException(PAGE + " is missing in this build");
            }
            return parse(new String(page.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .toList());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** @throws IllegalArgumentException with the line number if a line is not understood or a name is there twice */
    static List<Attack> parse(List<String> lines) {
        List<Attack> attacks = new ArrayList<>();
        Set<String> names = new HashSet<>();
        String group = "";
        for (int number = 1; number <= lines.size(); number++) {
            String line = lines.get(number - 1).strip();
            Matcher heading = GROUP.matcher(line);
            if (heading.matches()) {
                group = heading.group(1);
            } else if (!line.isEmpty() && !line.startsWith("#")) {
                try {
                    attacks.add(attack(group, line, names));
                } catch (IllegalArgumentException e) {
                    throw new IllegalArgumentException(PAGE + " line " + number + ": " + e.getMessage(), e);
                }
            }
        }
        return List.copyOf(attacks);
    }

    private static Attack attack(String group, String line, Set<String> names) {
        String[] columns = line.split(" \\| ", -1);
        if (columns.length != COLUMNS || group.isEmpty()) {
            throw new IllegalArgumentException("not an attack of " + COLUMNS + " columns in a group: " + line);
        }
        if (!names.add(columns[0])) {
            throw new IllegalArgumentException("'" + columns[0] + "' is there twice");
        }
        List<List<String>> steps = Arrays.stream(columns[1].split(" then ", -1))
                .map(step -> List.of(step.split(" ", -1)))
                .toList();
        Attack.Proof proof = Attack.Proof.valueOf(columns[3].toUpperCase(Locale.ROOT));
        return new Attack(group, columns[0], steps, Expectation.of(columns[2]), proof, columns[4]);
    }
}
