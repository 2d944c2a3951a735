package io.sandrun.runtime.interpreter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

class AnswerTest {
    private static final Path ASKED = Path.of("/usr/bin/asked");

    @Test
    void java_answers_in_its_own_words() throws IOException {
        Answer answer = Answer.parse("""
                Property settings:
                    java.home = /usr/lib/jvm/java-17
                    java.version = 21-ea
                    java.version.date = 2025-04-15
                    line.separator = \\n
                openjdk version "21-ea"
                """, ASKED);

        assertThat(answer.version()).isEqualTo("21");
        assertThat(answer.executable()).isEqualTo(Path.of("/usr/lib/jvm/java-17/bin/java"));
        assertThat(answer.needs()).containsExactly(Path.of("/usr/lib/jvm/java-17/bin/javac"));
    }

    @Test
    void a_program_that_only_knows_its_version_is_the_one_that_was_asked() throws IOException {
        assertThat(Answer.parse("warning: no locale\nversion=5.2\n", ASKED))
                .isEqualTo(new Answer("5.2", ASKED, List.of(), List.of(), List.of()));
    }

    @Test
    void garbage_versions_and_relative_paths_are_refused() {
        for (String text :
                List.of("", "hello", "version=", "version=latest", "version=1.2;rm", "version=1\nexecutable=python3")) {
            assertThatThrownBy(() -> Answer.parse(text, ASKED)).as(text).isInstanceOf(IOException.class);
        }
    }
}
