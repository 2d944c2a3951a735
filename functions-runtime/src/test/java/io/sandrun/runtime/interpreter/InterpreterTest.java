package io.sandrun.runtime.interpreter;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class InterpreterTest {
    private final Interpreter interpreter = new Interpreter(
            "java", "17", Path.of("/opt/jdk/bin/java"), List.of(), "Main.java", List.of("-Xfast"), Map.of("A", "b"));

    @Test
    void the_command_is_program_flags_source_and_arguments_untouched() {
        assertThat(interpreter.command(List.of("-x", "a b", "$HOME")))
                .containsExactly("/opt/jdk/bin/java", "-Xfast", "Main.java", "-x", "a b", "$HOME");
    }

    @Test
    void an_entrypoint_is_never_an_option() {
        assertThat(interpreter.command("src/Main.java", List.of())).endsWith("-Xfast", "src/Main.java");
        assertThat(interpreter.command("-version", List.of())).endsWith("-Xfast", "./-version");
        assertThat(interpreter.command("@options", List.of())).endsWith("-Xfast", "./@options");
    }

    @Test
    void the_environment_is_made_from_nothing() {
        assertThat(interpreter.environment())
                .isEqualTo(Map.of(
                        "PATH", "/opt/jdk/bin:/usr/local/bin:/usr/bin:/bin",
                        "HOME", "/work",
                        "TMPDIR", "/tmp",
                        "LANG", "C.UTF-8",
                        "USER", "sandrun",
                        "A", "b"));
    }
}
