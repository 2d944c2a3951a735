package io.sandrun.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardWatchEventKinds;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The launcher in a checkout of its own, made of the classes under test, and what it does with Java's archive. */
@Timeout(180)
class LauncherTest {
    private static final long PATIENCE_SECONDS = 150;

    /** With it Java ends with an error where it cannot take its classes from the archives that it is given. */
    private static final String ONLY_WITH_ARCHIVE = "-Xshare:on";

    private static final String PAGE = "cli/src/main/resources/io/sandrun/cli/java-options";

    @TempDir
    static Path home;

    private static List<Ended> firstTwo = List.of();
    private static Path archive = Path.of("none");

    record Ended(int exitCode, String output, String errors) {}

    /** As a checkout is after a build. Its first two commands come at once, and find no archive. */
    @BeforeAll
    @Timeout(180)
    static void start_the_first_two_commands() throws Exception {
        Path target = Files.createDirectories(home.resolve("cli/target"));
        Files.copy(Path.of("../sandrun"), home.resolve("sandrun"));
        Files.createDirectories(home.resolve(PAGE).getParent());
        Files.copy(Path.of("..").resolve(PAGE), home.resolve(PAGE));
        PackedCommand.into(target);
        Files.createFile(target.resolve("built"));
        Path archives = Files.createDirectory(target.resolve("archives"));
        try (WatchService watch = home.getFileSystem().newWatchService()) {
            archives.register(watch, StandardWatchEventKinds.ENTRY_CREATE);
            List<Process> both = List.of(begin(Map.of(), "--version"), begin(Map.of(), "--version"));
            List<Ended> ended = new ArrayList<>();
            for (Process process : both) {
                ended.add(end(process));
            }
            firstTwo = ended;
            archive = archives.resolve(awaitArchive(watch));
        }
    }

    /** The name under which it is whole. */
    private static Path awaitArchive(WatchService watch) throws Exception {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
        while (true) {
            WatchKey key = watch.poll(deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
            assertThat(key).as("an archive within %d s", PATIENCE_SECONDS).isNotNull();
            for (var event : key.pollEvents()) {
                if (event.context() instanceof Path name && name.toString().endsWith(".jsa")) {
                    return name;
                }
            }
            key.reset();
        }
    }

    @Test
    void a_command_that_finds_no_archive_says_nothing_of_it() {
        assertThat(firstTwo).allSatisfy(LauncherTest::isVersionAndNoMore);
    }

    @Test
    void two_commands_at_once_leave_one_archive_and_nothing_half_made() throws Exception {
        try (Stream<Path> left = Files.list(archive.getParent())) {
            assertThat(left).containsExactly(archive);
        }
    }

    @Test
    void the_next_command_starts_from_the_archive() throws Exception {
        isVersionAndNoMore(run(Map.of("SANDRUN_JAVA_OPTS", ONLY_WITH_ARCHIVE), "--version"));
        Ended asked = run(Map.of("SANDRUN_JAVA_OPTS", ONLY_WITH_ARCHIVE), "status", "--url", "http://127.0.0.1:9", "j");
        assertThat(asked.errors()).startsWith("sandrun: ").hasLineCount(1);
    }

    @Test
    void an_archive_of_other_jars_is_left_out_without_a_word() throws Exception {
        Path jar = home.resolve("cli/target/sandrun.jar");
        FileTime before = Files.getLastModifiedTime(jar);
        try {
            Files.setLastModifiedTime(jar, FileTime.from(Instant.EPOCH.plusSeconds(1_000_000_000)));
            String stale = "-XX:SharedArchiveFile=" + archive;
            isVersionAndNoMore(run(without(stale), "--version"));
            assertThat(run(without(stale + " " + ONLY_WITH_ARCHIVE), "--version")
                            .exitCode())
                    .isNotZero();
        } finally {
            Files.setLastModifiedTime(jar, before);
        }
    }

    @Test
    void an_archive_of_another_java_and_a_file_that_is_none_are_left_out_without_a_word() throws Exception {
        byte[] ofAnother = Files.readAllBytes(archive);
        ofAnother[placeOf(System.getProperty("java.vm.version"), ofAnother)] = '0';
        for (byte[] unfit : List.of(ofAnother, "no archive".getBytes(StandardCharsets.UTF_8))) {
            String options = "-XX:SharedArchiveFile=" + Files.write(home.resolve("unfit.jsa"), unfit);
            isVersionAndNoMore(run(without(options), "--version"));
            assertThat(run(without(options + " " + ONLY_WITH_ARCHIVE), "--version")
                            .exitCode())
                    .isNotZero();
        }
    }

    @Test
    void an_own_option_that_java_does_not_know_is_told() throws Exception {
        Ended mistyped = run(without("-Xmx64m -XX:+UseParalelGC"), "--version");
        assertThat(mistyped.errors()).isEqualTo("sandrun: SANDRUN_JAVA_OPTS: Unrecognized VM option 'UseParalelGC'\n");
        assertThat(mistyped.exitCode()).isEqualTo(1);
        isVersionAndNoMore(run(without("-Xmx64m -XX:+UseParallelGC -XX:MaxGCPauseMillis=9"), "--version"));
    }

    /** As after a later Java has dropped it. */
    @Test
    void an_option_of_the_page_that_java_does_not_know_is_passed_over() throws Exception {
        String options = Files.readString(home.resolve(PAGE));
        FileTime before = Files.getLastModifiedTime(home.resolve(PAGE));
        try {
            Files.writeString(home.resolve(PAGE), options + "all -XX:DroppedLongAgo=1 for nothing any more\n");
            Files.setLastModifiedTime(home.resolve(PAGE), before);
            isVersionAndNoMore(run(without(""), "--version"));
            isVersionAndNoMore(run(without("-XX:MaxGCPauseMillis=9"), "--version"));
        } finally {
            Files.writeString(home.resolve(PAGE), options);
            Files.setLastModifiedTime(home.resolve(PAGE), before);
        }
    }

    private static int placeOf(String word, byte[] bytes) {
        int place = new String(bytes, 0, 8_192, StandardCharsets.ISO_8859_1).indexOf(word);
        assertThat(place).as("where it says of which Java it is").isNotNegative();
        return place;
    }

    private static Map<String, String> without(String options) {
        return Map.of("SANDRUN_CLASS_ARCHIVE", "off", "SANDRUN_JAVA_OPTS", options);
    }

    private static void isVersionAndNoMore(Ended ended) {
        assertThat(ended.errors()).isEmpty();
        assertThat(ended.output()).startsWith("sandrun ").hasLineCount(1);
        assertThat(ended.exitCode()).isZero();
    }

    private static Ended run(Map<String, String> environment, String... arguments) throws Exception {
        return end(begin(environment, arguments));
    }

    private static Process begin(Map<String, String> environment, String... arguments) throws IOException {
        List<String> command =
                new ArrayList<>(List.of("sh", home.resolve("sandrun").toString()));
        command.addAll(List.of(arguments));
        ProcessBuilder builder = new ProcessBuilder(command);
        builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
        builder.environment().putAll(environment);
        return builder.start();
    }

    private static Ended end(Process process) throws Exception {
        process.getOutputStream().close();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        String errors = new String(process.getErrorStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)).isTrue();
        return new Ended(process.exitValue(), output, errors);
    }
}
