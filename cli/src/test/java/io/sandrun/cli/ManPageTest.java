package io.sandrun.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class ManPageTest {
    private static final long PATIENCE_SECONDS = 60;

    @TempDir
    static Path directory;

    @BeforeAll
    static void write() {
        assertThat(Sandrun.execute("man", "--all", directory.toString())).isZero();
    }

    private static List<Path> pages() throws Exception {
        try (Stream<Path> pages = Files.list(directory)) {
            return pages.sorted().toList();
        }
    }

    private static String said(String... command) throws Exception {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)).isTrue();
        return said;
    }

    @Test
    void every_command_has_a_page_with_all_its_options() throws Exception {
        CommandLine root = Sandrun.commandLine();
        assertThat(pages()).hasSize((int) ManPage.all(root).count());
        for (CommandLine command : ManPage.all(root).toList()) {
            String page = Files.readString(directory.resolve(ManPage.name(command) + ".1"));
            assertThat(page)
                    .startsWith(".TH ")
                    .contains(".SH NAME", ".SH SYNOPSIS", ".SH DESCRIPTION", ".SH EXIT STATUS");
            command.getCommandSpec()
                    .options()
                    .forEach(option -> assertThat(page)
                            .as(ManPage.name(command))
                            .contains(option.longestName().replace("-", "\\-")));
        }
        assertThat(Files.readString(directory.resolve("sandrun-run.1"))).contains("That of the program");
    }

    @Test
    void what_holds_for_one_command_alone_is_on_its_page_alone() throws Exception {
        String map = Files.readString(directory.resolve("sandrun-map.1"));
        assertThat(map).contains(".SH SYNOPSIS\n\\fBsandrun map\\fR [OPTIONS] PROGRAM ROWS.jsonl [ARG...]\n");
        String node = Files.readString(directory.resolve("sandrun-node.1"));
        assertThat(node).contains("\\fB77\\fR", "SANDRUN_LOG_FORMAT", "SANDRUN_KEY_IN_CLEAR");
        assertThat(map).doesNotContain("\\fB77\\fR", "SANDRUN_LOG_FORMAT");
    }

    @Test
    void groff_has_nothing_to_complain_about() throws Exception {
        Shell.assumeHas("groff");
        for (Path page : pages()) {
            assertThat(said("groff", "-man", "-Tutf8", "-ww", "-z", page.toString()))
                    .as("%s", page)
                    .isEmpty();
        }
    }

    @Test
    void mandoc_has_nothing_to_complain_about() throws Exception {
        Shell.assumeHas("mandoc");
        for (Path page : pages()) {
            assertThat(said("mandoc", "-T", "lint", "-W", "warning", page.toString()))
                    .as("%s", page)
                    .isEmpty();
        }
    }

    @Test
    void a_page_reads_as_its_command_is_typed() throws Exception {
        Shell.assumeHas("groff");
        String shown = said(
                "groff",
                "-man",
                "-Tascii",
                "-P-cbou",
                directory.resolve("sandrun-key-create.1").toString());
        assertThat(shown)
                .contains("sandrun key create [OPTIONS]")
                .contains("--role=ROLE")
                .contains("sandrun-key(1)");
    }
}
