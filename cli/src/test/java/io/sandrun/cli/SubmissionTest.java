package io.sandrun.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sandrun.node.environment.EnvironmentChoice;
import io.sandrun.node.install.InstallChoice;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SubmissionTest {
    @TempDir
    Path directory;

    private final JobOptions options = new JobOptions();

    private Submission of(String name, String source) throws IOException {
        options.program = Files.writeString(directory.resolve(name), source).toString();
        return Submission.of(options);
    }

    @Test
    void a_program_whose_files_are_wanted_goes_with_its_name_and_still_needs_little() throws IOException {
        options.keepsFiles = true;
        Submission sent = of("plot.py", "print(1)");
        assertThat(sent.files())
                .singleElement()
                .satisfies(file -> assertThat(file.name()).isEqualTo("plot.py"));
        assertThat(sent.job().path("entrypoint").asText()).isEqualTo("plot.py");
        assertThat(sent.job().path("interpreter").asText()).isEqualTo("python3");
        assertThat(sent.environments()).isEqualTo(EnvironmentChoice.NONE);
        assertThat(sent.installs()).isEqualTo(InstallChoice.NONE);
    }

    @Test
    void a_program_whose_files_are_named_or_not_wanted_is_a_snippet() throws IOException {
        assertThat(of("plot.py", "print(1)").files()).isEmpty();
        options.keepsFiles = true;
        options.outputs = List.of("*.png");
        assertThat(of("plot.py", "print(1)").files()).isEmpty();
    }

    @Test
    void an_archive_may_ask_for_anything() throws IOException {
        Submission sent = of("project.tar.gz", "");
        assertThat(sent.environments()).isEqualTo(EnvironmentChoice.ALL);
        assertThat(sent.installs()).isEqualTo(InstallChoice.PUBLIC);
    }

    @Test
    void an_ending_that_nobody_knows_is_asked_about_either_way() {
        for (boolean isWanted : new boolean[] {false, true}) {
            options.keepsFiles = isWanted;
            assertThatThrownBy(() -> of("program.xyz", "print(1)"))
                    .isInstanceOf(UsageException.class)
                    .hasMessageContaining("--interpreter");
        }
    }

    @Test
    void what_is_sent_has_a_digest_of_its_own() throws IOException {
        options.keepsFiles = true;
        String digest = of("a.py", "print(1)").sha256();
        assertThat(of("a.py", "print(1)").sha256()).isEqualTo(digest);
        assertThat(of("a.py", "print(2)").sha256()).isNotEqualTo(digest);
        assertThat(of("b.py", "print(1)").sha256()).isNotEqualTo(digest);
        options.priority = 1;
        assertThat(of("a.py", "print(1)").sha256()).isNotEqualTo(digest);
    }
}
