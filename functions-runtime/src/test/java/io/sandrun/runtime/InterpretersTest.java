package io.sandrun.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.sandrun.runtime.interpreter.Interpreter;
import io.sandrun.runtime.interpreter.InterpreterProbe;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.extension.RegisterExtension;

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
    /** Each reads a file of the project's folder, where it is started, and is told one argument. */
    private static final Map<String, String> READING = Map.of(
            "python3", "import sys, beside; print(beside.NAME + open('data/in').read() + sys.argv[1], end='')",
            "node", """
                    const beside = require('./beside.js'); const text = require('fs').readFileSync('data/in');
                    process.stdout.write(beside.NAME + text + process.argv[2])""",
            "bash", "printf %s \"beside$(cat data/in)$1\"",
            "sh", "printf %s \"beside$(cat data/in)$1\"",
            "ruby", "require_relative 'beside'; print NAME, File.read('data/in'), ARGV[0]",
            "perl", "open(F, 'data/in'); print 'beside', <F>, $ARGV[0];",
            "Rscript", "cat('beside', readLines('data/in', warn=FALSE), commandArgs(TRUE)[1], sep='')",
            "java", """
                    import java.nio.file.*;
                    class Start { public static void main(String[] a) throws Exception {
                      System.out.print("beside" + Files.readString(Path.of("data/in")) + a[0]); } }""");

    private static final Map<String, InputFile> BESIDE = Map.of(
            "python3", file("src/tool/beside.py", "NAME = 'beside'"),
            "node", file("src/tool/beside.js", "exports.NAME = 'beside'"),
            "ruby", file("src/tool/beside.rb", "NAME = 'beside'"));

    private static final RunLimits LIMITS = new RunLimits(
            Duration.ofSeconds(30), Duration.ofSeconds(30), 2, 1L << 30, 128, 1024, 64L << 20, 1000, 1 << 16, 1 << 20);

    @RegisterExtension
    static final OpenSlots SLOTS = OpenSlots.of(1);

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
        String code = HELLO.getOrDefault(interpreter.name(), "");
        InputFile program = file(interpreter.sourceFileName(), code);
        assertPrints("hello\n", interpreter, interpreter.command(List.of()), List.of(program));
    }

    @TestFactory
    Stream<DynamicTest> each_interpreter_runs_a_program_in_a_folder() {
        List<Interpreter> found = new InterpreterProbe(interpreter -> true).find();
        assumeTrue(!found.isEmpty(), "no interpreter is installed");
        return found.stream()
                .map(interpreter -> DynamicTest.dynamicTest(interpreter.name(), () -> runsInFolder(interpreter)));
    }

    private static void runsInFolder(Interpreter interpreter) {
        String ending = interpreter.sourceFileName().replaceAll("^[^.]*", "");
        String entrypoint = "src/tool/go now" + ending;
        List<InputFile> files = new ArrayList<>();
        files.add(file(entrypoint, READING.getOrDefault(interpreter.name(), "")));
        files.add(file("data/in", "-read-"));
        if (BESIDE.containsKey(interpreter.name())) {
            files.add(BESIDE.get(interpreter.name()));
        }
        assertPrints("beside-read-a 'b", interpreter, interpreter.command(entrypoint, List.of("a 'b")), files);
    }

    private static void assertPrints(
            String expected, Interpreter interpreter, List<String> command, List<InputFile> files) {
        RunRequest request = new RunRequest(
                command, interpreter.environment(), new byte[0], files, interpreter.readOnlyPaths(), LIMITS);
        RunResult result = SLOTS.slot().run(request, new Cancellation());
        assertThat(Guest.text(result.stdout()))
                .as(result.reason() + Guest.text(result.stderr()))
                .isEqualTo(expected);
        assertThat(result.outcome()).isEqualTo(Outcome.OK);
    }

    private static InputFile file(String path, String content) {
        return new InputFile(path, content.getBytes(StandardCharsets.UTF_8), false);
    }
}
