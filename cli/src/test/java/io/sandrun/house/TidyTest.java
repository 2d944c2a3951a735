package io.sandrun.house;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** House rules that no compiler checks. A number here may be lowered, never raised. */
class TidyTest {
    private static final Path ROOT = root();

    private static final int FILE_LINES = 400;
    private static final int PAGE_FILE_LINES = 210;
    private static final int METHOD_LINES = 60;
    private static final int LINE_CHARACTERS = 120;

    /** In our format a method opens with a brace at the end of a line and closes with one at the same depth. */
    private static final Pattern METHOD_OPENING =
            Pattern.compile("^( {4}| {8})(?! )[^=]*\\(.*\\)( throws [\\w., ]+)? \\{$");

    private static final Pattern SQL = Pattern.compile(
            "(?i)\"[^\"]*\\b(select\\s.+\\sfrom|insert\\s+into|update\\s+\\w+\\s+set|delete\\s+from)\\b");

    @Test
    void files_are_short_enough_to_be_read_in_one_go() throws IOException {
        Map<String, Integer> tooLong = new TreeMap<>();
        for (Path file : files(path -> isJava(path) || isC(path))) {
            int lines = Files.readAllLines(file).size();
            if (lines > FILE_LINES) {
                tooLong.put(ROOT.relativize(file).toString(), lines);
            }
        }
        assertThat(tooLong).isEmpty();
    }

    /** One component of the page a file. */
    @Test
    void files_of_the_page_are_shorter_still() throws IOException {
        Map<String, Integer> tooLong = new TreeMap<>();
        for (Path file : files(TidyTest::isOfPage)) {
            int lines = Files.readAllLines(file).size();
            if (lines > PAGE_FILE_LINES) {
                tooLong.put(ROOT.relativize(file).toString(), lines);
            }
        }
        assertThat(tooLong).isEmpty();
    }

    /** What would turn text into markup; the policy forbids it, too. */
    @Test
    void the_page_makes_no_markup_of_text() throws IOException {
        for (String sink :
                List.of("innerHTML", "outerHTML", "insertAdjacentHTML", "unsafeHTML", "unsafeSVG", "eval(")) {
            assertNobodyWrites(TidyTest::isOfPage, sink);
        }
    }

    @Test
    void methods_are_short_enough_to_be_understood_at_once() throws IOException {
        List<String> tooLong = new ArrayList<>();
        for (Path file : files(path -> isJava(path) && isMain(path))) {
            List<String> lines = Files.readAllLines(file);
            for (int start = 0; start < lines.size(); start++) {
                Matcher opening = METHOD_OPENING.matcher(lines.get(start));
                if (!opening.matches()) {
                    continue;
                }
                int end = start + 1;
                while (end < lines.size() && !lines.get(end).equals(opening.group(1) + "}")) {
                    end++;
                }
                if (end - start + 1 > METHOD_LINES) {
                    tooLong.add("%s:%d has %d lines".formatted(ROOT.relativize(file), start + 1, end - start + 1));
                }
            }
        }
        assertThat(tooLong).isEmpty();
    }

    @Test
    void lines_fit_beside_each_other_on_a_screen() throws IOException {
        List<String> tooLong = new ArrayList<>();
        forEachLine(path -> isJava(path) || isC(path) || isSql(path) || isOfPage(path), (where, line) -> {
            if (line.codePointCount(0, line.length()) > LINE_CHARACTERS) {
                tooLong.add(where);
            }
        });
        assertThat(tooLong).isEmpty();
    }

    @Test
    void nobody_waits_by_sleeping() throws IOException {
        assertNobodyWrites(TidyTest::isJava, "Thread" + ".sleep(");
        assertNobodyWrites(TidyTest::isJava, "TimeUnit.SECONDS" + ".sleep(");
    }

    @Test
    void nothing_is_left_for_later_in_the_code() throws IOException {
        assertNobodyWrites(path -> isJava(path) || isC(path) || isSql(path), "FIX" + "ME");
        assertNobodyWrites(path -> isJava(path) || isC(path) || isSql(path), "TO" + "DO");
    }

    /** Where no compiler would stumble over it. */
    @Test
    void nobody_leaves_a_conflict_unresolved() throws IOException {
        Predicate<Path> text = path -> isJava(path) || isC(path) || isSql(path) || isOfPage(path) || isMarkdown(path);
        assertNobodyWrites(text, "<".repeat(7) + " ");
        assertNobodyWrites(text, ">".repeat(7) + " ");
    }

    @Test
    void only_the_command_line_speaks_on_standard_output() throws IOException {
        Predicate<Path> elsewhere = path -> isJava(path)
                && isMain(path)
                && !path.startsWith(ROOT.resolve("cli"))
                && !path.startsWith(ROOT.resolve("benchmarks"));
        assertNobodyWrites(elsewhere, "System.out");
    }

    @Test
    void every_statement_stands_in_the_sql_room() throws IOException {
        List<String> found = new ArrayList<>();
        forEachLine(path -> isJava(path) && isMain(path), (where, line) -> {
            if (SQL.matcher(line).find()) {
                found.add(where);
            }
        });
        assertThat(found).isEmpty();
    }

    @Test
    void every_statement_says_why_it_is() throws IOException {
        for (Path file : files(path -> isSql(path) && path.startsWith(ROOT.resolve("sql/queries")))) {
            assertThat(Files.readString(file)).as("%s", ROOT.relativize(file)).startsWith("--");
        }
    }

    @Test
    void this_test_reads_the_house() throws IOException {
        assertThat(files(path -> isJava(path) && isMain(path))).hasSizeGreaterThan(50);
        assertThat(files(TidyTest::isSql)).isNotEmpty();
        assertThat(files(TidyTest::isOfPage)).hasSizeGreaterThan(30);
        assertThat(files(TidyTest::isC)).isNotEmpty();
        assertThat(files(TidyTest::isMarkdown)).isNotEmpty();
    }

    private interface LineVisitor {
        void visit(String where, String line);
    }

    private static void assertNobodyWrites(Predicate<Path> which, String word) throws IOException {
        List<String> found = new ArrayList<>();
        forEachLine(which, (where, line) -> {
            if (line.contains(word)) {
                found.add(where);
            }
        });
        assertThat(found).as("lines with %s", word).isEmpty();
    }

    private static void forEachLine(Predicate<Path> which, LineVisitor visitor) throws IOException {
        for (Path file : files(which)) {
            List<String> lines = Files.readAllLines(file);
            for (int number = 0; number < lines.size(); number++) {
                visitor.visit("%s:%d".formatted(ROOT.relativize(file), number + 1), lines.get(number));
            }
        }
    }

    private static List<Path> files(Predicate<Path> which) throws IOException {
        return CheckoutFiles.below(ROOT).stream().filter(which).toList();
    }

    private static boolean isJava(Path path) {
        return path.toString().endsWith(".java");
    }

    private static boolean isC(Path path) {
        return path.toString().endsWith(".c") || path.toString().endsWith(".h");
    }

    private static boolean isMarkdown(Path path) {
        return path.toString().endsWith(".md");
    }

    private static boolean isSql(Path path) {
        return path.toString().endsWith(".sql");
    }

    private static boolean isOfPage(Path path) {
        return path.toString().contains("dashboard-web/src/") && path.toString().matches(".*\\.(js|css|html)");
    }

    private static boolean isMain(Path path) {
        return path.toString().contains("/src/main/");
    }

    private static Path root() {
        Path directory = Path.of("").toAbsolutePath();
        while (!Files.exists(directory.resolve("mvnw"))) {
            directory = directory.getParent();
            if (directory == null) {
                throw new IllegalStateException("not inside a checkout");
            }
        }
        return directory;
    }
}
