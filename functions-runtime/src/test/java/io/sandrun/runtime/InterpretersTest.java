package io.sandrun.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.sandrun.runtime.interpreter.Interpreter;
import io.sandrun.runtime.interpreter.InterpreterProbe;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Every interpreter that this machine offers, wherever it lives, really runs in a sandbox. */
class InterpretersTest {
    private static final Map<String, String> HELLO = Map.of(
            "python3", "import json, ssl, multiprocessing\nprint('hello')",
            "node", "const { Worker } = require('worker_threads'); console.log('hello')",
            "bash", "cat <(echo hello)",
            "sh", "echo hello",
            "ruby", "puts 'hello'",
            "perl", "use strict; use POSIX; print \"hello\\n\";",
            "Rscript", "cat('hello\\n')",
            "java", "class Main { public static void main(String[] a) { System.out.println(\"hello\"); } }");
    private static final RunLimits LIMITS = new RunLimits(
            Duration.ofSeconds(30), Duration.ofSeconds(30), 2, 1L << 30, 128, 1024, 64L << 20, 1000, 1 << 16, 1 << 20);

    private static Sandboxes sandboxes;

    @BeforeAll
    static void open() throws Exception {
        sandboxes = Sandboxes.open(new SandboxSettings(1, Path.of(System.getProperty("java.io.tmpdir"))));
    }

    @AfterAll
    static void close() {
        sandboxes.close();
    }

    @TestFactory
    Stream<DynamicTest> each_interpreter_says_hello() {
        List<Interpreter> found = new InterpreterProbe(interpreter -> true).find();
        assumeTrue(!found.isEmpty(), "no interpreter is installed");
        return found.stream()
                .map(interpreter -> DynamicTest.dynamicTest(
                        interpreter.name() + " " + interpreter.version() + " at " + interpreter.executable(),
                        () -> saysHello(interpreter)));
    }

    private static void saysHello(Interpreter interpreter) {
        byte[] code = HELLO.getOrDefault(interpreter.name(), "").getBytes(StandardCharsets.UTF_8);
        RunResult result = sandboxes
                .slot(0)
                .run(
                        new RunRequest(
                                interpreter.command(List.of()),
                                interpreter.environment(),
                                new byte[0],
                                List.of(new InputFile(interpreter.sourceFileName(), code, false)),
                                interpreter.readOnlyPaths(),
                                LIMITS),
                        new Cancellation());
        assertThat(Guest.text(result.stdout()))
                .as(result.reason() + Guest.text(result.stderr()))
                .isEqualTo("hello\n");
        assertThat(result.outcome()).isEqualTo(Outcome.OK);
    }
}
