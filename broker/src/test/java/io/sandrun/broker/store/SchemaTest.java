package io.sandrun.broker.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sandrun.protocol.JobState;
import io.sandrun.protocol.Outcome;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SchemaTest {
    private static final Path SQL = Path.of("../sql");

    @TempDir
    private Path directory;

    private Path database() {
        return directory.resolve("test.db");
    }

    private Handle raw() {
        return Jdbi.create("jdbc:sqlite:" + database()).open();
    }

    private List<String> schema() {
        Store.open(database(), Clock.systemUTC()).close();
        try (Handle handle = raw()) {
            return handle.createQuery(Statements.named("schema.dump"))
                    .mapTo(String.class)
                    .list();
        }
    }

    @Test
    void the_page_of_the_schema_is_what_the_migrations_make() throws IOException {
        String dump = String.join(";\n\n", schema()) + ";\n";
        Path page = SQL.resolve("schema.sql");
        if (Boolean.getBoolean("sandrun.writeSchema")) {
            Files.writeString(page, dump);
        }
        assertThat(Files.readString(page))
                .as("run the tests with -Dsandrun.writeSchema=true after adding a migration")
                .isEqualTo(dump);
    }

    @Test
    void every_migration_file_is_listed_and_no_other() throws IOException {
        try (Stream<Path> files = Files.list(SQL.resolve("migrations"))) {
            assertThat(files.map(file -> file.getFileName().toString()).sorted().toList())
                    .isEqualTo(Migrations.FILES);
        }
    }

    @Test
    void the_checks_allow_exactly_the_states_and_outcomes_of_the_protocol() {
        String jobs = schema().stream()
                .filter(text -> text.startsWith("CREATE TABLE jobs"))
                .findFirst()
                .orElseThrow();
        assertThat(words(jobs, "state in \\(([^)]*)\\)"))
                .containsExactlyInAnyOrderElementsOf(
                        Arrays.stream(JobState.values()).map(JobState::wire).toList());
        assertThat(words(jobs, "outcome in \\(([^)]*)\\)"))
                .containsExactlyInAnyOrderElementsOf(
                        Arrays.stream(Outcome.values()).map(Outcome::wire).toList());
    }

    private static List<String> words(String table, String pattern) {
        Matcher list = Pattern.compile(pattern).matcher(table);
        assertThat(list.find()).isTrue();
        List<String> words = new ArrayList<>();
        Matcher word = Pattern.compile("'([a-z_]+)'").matcher(list.group(1));
        while (word.find()) {
            words.add(word.group(1));
        }
        return words;
    }

    @Test
    void every_statement_says_why_and_is_used_by_the_store() throws IOException {
        StringBuilder java = new StringBuilder();
        try (Stream<Path> files = Files.list(Path.of("src/main/java/io/sandrun/broker/store"))) {
            for (Path file : files.toList()) {
                java.append(Files.readString(file));
            }
        }
        try (Stream<Path> files = Files.walk(SQL.resolve("queries"))) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                String name = SQL.resolve("queries")
                        .relativize(file)
                        .toString()
                        .replace(".sql", "")
                        .replace('/', '.');
                assertThat(Files.readString(file)).as(name).startsWith("-- ");
                if (!name.equals("schema.dump")) {
                    assertThat(java).as(name).contains('"' + name + '"');
                }
            }
        }
    }

    @Test
    void a_newer_schema_is_refused_with_a_sentence() {
        schema();
        try (Handle handle = raw()) {
            handle.createUpdate(Statements.named("schema.record"))
                    .bind("version", Migrations.FILES.size() + 1)
                    .bind("file", "V999__future.sql")
                    .bind("sha256", "x")
                    .bind("nowMs", 0)
                    .execute();
        }
        assertThatThrownBy(() -> Store.open(database(), Clock.systemUTC()))
                .isInstanceOf(SchemaException.class)
                .hasMessageContaining("start the newer sandrun");
    }

    @Test
    void a_migration_that_was_changed_after_it_ran_is_refused() {
        try (Handle handle = raw()) {
            new Migrations(Clock.systemUTC(), List.of()).run(handle);
            handle.createUpdate(Statements.named("schema.record"))
                    .bind("version", 1)
                    .bind("file", Migrations.FILES.get(0))
                    .bind("sha256", "of another text")
                    .bind("nowMs", 0)
                    .execute();
        }
        assertThatThrownBy(() -> Store.open(database(), Clock.systemUTC()))
                .isInstanceOf(SchemaException.class)
                .hasMessageContaining("another text");
    }

    @Test
    void opening_again_changes_nothing() {
        List<String> first = schema();
        assertThat(schema()).isEqualTo(first);
    }
}
