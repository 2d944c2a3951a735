package io.sandrun.runtime.attack;

import static org.assertj.core.api.Assertions.assertThat;

import io.sandrun.runtime.output.ArtifactSink;
import io.sandrun.runtime.output.LeftOut;
import io.sandrun.runtime.output.LeftOut.Reason;
import io.sandrun.runtime.output.OutputFile;
import io.sandrun.runtime.output.Outputs;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A look that sees nothing would make every attack on outputs look held. */
class HaulTest {
    private static final List<String> SECRETS = List.of("canary-1");

    private static OutputFile file(String path) {
        return new OutputFile(path, 1, "0".repeat(64), false);
    }

    private static void take(Haul haul, String content) throws Exception {
        byte[] bytes = content.getBytes(StandardCharsets.UTF_8);
        try (ArtifactSink.Draft draft = haul.request().artifacts().begin()) {
            draft.write(bytes, bytes.length);
            draft.keep(file("path"));
        }
    }

    @Test
    void harmless_files_are_no_marks(@TempDir Path directory) throws Exception {
        Outputs outputs = new Outputs(List.of(file("out")), List.of(new LeftOut("out/b\\x1b", Reason.BAD_NAME)), 1);
        try (Haul haul = new Haul(directory.resolve("haul"))) {
            take(haul, "own");
            assertThat(haul.marks(outputs, SECRETS)).isEmpty();
        }
        assertThat(directory).isEmptyDirectory();
    }

    @Test
    void a_secret_is_a_mark_once(@TempDir Path directory) throws Exception {
        try (Haul haul = new Haul(directory.resolve("haul"))) {
            take(haul, "before canary-1 behind");
            assertThat(haul.marks(Outputs.NONE, SECRETS)).containsExactly("a canary's content was taken out");
            assertThat(haul.marks(Outputs.NONE, SECRETS)).isEmpty();
        }
    }

    @Test
    void too_much_is_a_mark(@TempDir Path directory) throws Exception {
        List<OutputFile> many = IntStream.rangeClosed(0, Haul.LIMITS.files())
                .mapToObj(index -> file("out/" + index))
                .toList();
        try (Haul haul = new Haul(directory.resolve("haul"))) {
            assertThat(haul.marks(new Outputs(many, List.of(), 0), SECRETS))
                    .containsExactly("taken: 51 files, 0 bytes");
            take(haul, "x".repeat((int) Haul.LIMITS.totalBytes() + 1));
            assertThat(haul.marks(Outputs.NONE, SECRETS)).containsExactly("taken: 0 files, 4194305 bytes");
        }
    }

    @Test
    void a_name_that_moves_the_cursor_is_a_mark(@TempDir Path directory) throws Exception {
        Outputs outputs = new Outputs(List.of(), List.of(new LeftOut("out/\u001b[2J", Reason.BAD_NAME)), 1);
        try (Haul haul = new Haul(directory.resolve("haul"))) {
            assertThat(haul.marks(outputs, SECRETS)).containsExactly("a name with controls in it");
        }
    }

    @Test
    void a_link_or_a_set_id_bit_is_a_mark(@TempDir Path directory) throws Exception {
        Path artifacts = directory.resolve("haul");
        try (Haul haul = new Haul(artifacts)) {
            Path file = Files.writeString(directory.resolve("file"), "x");
            Files.createSymbolicLink(artifacts.resolve("link"), file);
            assertThat(haul.marks(Outputs.NONE, SECRETS)).containsExactly("an artifact of mode 120777");
            Files.setAttribute(Files.writeString(artifacts.resolve("tool"), "x"), "unix:mode", 0104755);
            assertThat(haul.marks(Outputs.NONE, SECRETS)).containsExactly("an artifact of mode 104755");
        }
    }
}
