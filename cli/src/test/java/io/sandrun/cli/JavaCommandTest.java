package io.sandrun.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.sandrun.cli.JavaCommand.Role;
import io.sandrun.house.CheckoutFiles;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** The page of Java's options, and that whoever starts Java for sandrun takes them from there. */
@Timeout(120)
class JavaCommandTest {
    private static final Path CHECKOUT = Path.of("..").toAbsolutePath().normalize();
    private static final String PAGE = "cli/src/main/resources/io/sandrun/cli/java-options";

    /** Collector and compilers. */
    private static final Pattern TUNING = Pattern.compile("-XX:(\\+Use\\w+GC|Tier|CICompiler|MaxInline|FreqInline)");

    /** A Java that only says what it was asked for. */
    private static final String ECHO = "#!/bin/sh\nprintf '%s\\n' \"$@\"\n";

    @Test
    void every_option_stands_with_a_role_and_a_reason() {
        assertThat(JavaCommand.page()).isNotEmpty().allSatisfy(line -> {
            assertThat(line.role()).isIn("all", "broker", "up", "node", "command");
            assertThat(line.option()).startsWith("-");
            assertThat(line.reason()).contains(" ");
        });
    }

    @ParameterizedTest
    @EnumSource
    void another_collector_replaces_the_pages(Role role) throws Exception {
        List<String> command = JavaCommand.of(role, "-XX:+UseParallelGC", "-XX:+PrintCommandLineFlags", "--version");
        Ended ended = run(new ProcessBuilder(command));
        assertThat(ended.exitCode()).as(ended.said()).isZero();
        assertThat(Pattern.compile("-XX:[+]Use\\w+GC")
                        .matcher(ended.said())
                        .results()
                        .map(MatchResult::group))
                .containsExactly("-XX:+UseParallelGC");
    }

    @ParameterizedTest
    @EnumSource
    void another_option_that_java_does_not_know_is_told(Role role) throws Exception {
        Ended ended = run(new ProcessBuilder(JavaCommand.of(role, "-XX:+UseParalelGC", "--version")));
        assertThat(ended.exitCode()).isNotZero();
        assertThat(ended.said()).contains("'UseParalelGC'");
    }

    @ParameterizedTest
    @EnumSource
    void java_takes_them_all_without_a_word(Role role) throws Exception {
        List<String> command = new ArrayList<>(JavaCommand.of(role).subList(0, 1));
        command.addAll(JavaCommand.options(role));
        command.add("--version");
        Ended ended = run(new ProcessBuilder(command));
        assertThat(ended.exitCode()).as(ended.said()).isZero();
        assertThat(ended.said().lines()).noneMatch(line -> line.matches("(?i).*warning.*"));
    }

    @ParameterizedTest
    @CsvSource({"up,UP", "broker,BROKER", "node,NODE", "run,COMMAND", "--version,COMMAND"})
    void the_launcher_gives_them_to_java(String command, Role role, @TempDir Path java) throws Exception {
        assertThat(askedByTheLauncher(java, command, "")).isEqualTo(JavaCommand.options(role));
    }

    /** Words that belong to the collector or to another part of Java choose none. */
    @ParameterizedTest
    @CsvSource({
        "-XX:+UseZGC,false",
        "-Xmx64m -XX:+UseG1GC -XX:MaxGCPauseMillis=9,false",
        "-XX:+UseStringDeduplication -XX:MaxGCPauseMillis=9,true",
        "-XX:-UseG1GC,true"
    })
    void the_launcher_leaves_out_the_pages_collector_for_another(String own, boolean stays, @TempDir Path java)
            throws Exception {
        List<String> all = JavaCommand.options(Role.NODE);
        assertThat(askedByTheLauncher(java, "node", own))
                .isEqualTo(all.stream()
                        .filter(option -> stays || !option.equals("-XX:+UseSerialGC"))
                        .toList());
    }

    /** The options before the launcher's own. */
    private static List<String> askedByTheLauncher(Path java, String command, String own) throws Exception {
        Path program = Files.createDirectories(java.resolve("runtime/bin")).resolve("java");
        Files.writeString(program, ECHO);
        Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwx------"));
        Path launcher = Files.createDirectory(java.resolve("bin")).resolve("sandrun");
        Files.copy(CHECKOUT.resolve("sandrun"), launcher);
        Files.copy(CHECKOUT.resolve(PAGE), java.resolve("java-options"));
        ProcessBuilder builder = new ProcessBuilder("sh", launcher.toString(), command);
        builder.environment().put("SANDRUN_CLASS_ARCHIVE", "off");
        builder.environment().put("SANDRUN_JAVA_OPTS", own);
        return run(builder)
                .said()
                .lines()
                .takeWhile(word -> !word.startsWith("-Dsandrun."))
                .toList();
    }

    private record Ended(int exitCode, String said) {}

    private static Ended run(ProcessBuilder command) throws Exception {
        Process process = command.redirectErrorStream(true).start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(1, TimeUnit.MINUTES)).isTrue();
        return new Ended(process.exitValue(), said);
    }

    /** Apart from the Java that builds this, the one that runs a job, and the tests of this. */
    @Test
    void nobody_else_tunes_java() throws IOException {
        Set<String> tuning = new TreeSet<>();
        for (Path file : CheckoutFiles.below(CHECKOUT)) {
            String name = CHECKOUT.relativize(file).toString();
            if (!name.endsWith(".md")
                    && TUNING.matcher(Files.readString(file, StandardCharsets.ISO_8859_1))
                            .find()) {
                tuning.add(name);
            }
        }
        assertThat(tuning)
                .containsExactlyInAnyOrder(
                        ".mvn/jvm.config",
                        PAGE,
                        "cli/src/test/java/io/sandrun/cli/JavaCommandTest.java",
                        "cli/src/test/java/io/sandrun/cli/LauncherTest.java",
                        "functions-runtime/src/main/java/io/sandrun/runtime/interpreter/Language.java");
    }
}
