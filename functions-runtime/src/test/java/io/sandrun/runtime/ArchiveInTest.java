package io.sandrun.runtime;

import static io.sandrun.runtime.Guest.sh;
import static io.sandrun.runtime.Guest.text;
import static org.assertj.core.api.Assertions.assertThat;

import io.sandrun.runtime.attack.TarBytes;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Archives that are unpacked into real sandboxes. Run again as nobody by UnprivilegedTest. */
class ArchiveInTest {
    @TempDir
    Path directory;

    @RegisterExtension
    static final OpenSlots SLOTS = OpenSlots.of(1);

    private static byte[] gzipped(byte[] bytes) throws IOException {
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(packed)) {
            gzip.write(bytes);
        }
        return packed.toByteArray();
    }

    @Test
    void a_project_is_unpacked_as_the_jobs_own() throws Exception {
        byte[] tar = new TarBytes()
                .directory("./")
                .file("./data/rows.csv", "1,2\n")
                .header('0', new byte[] {'r', 'u', 'n'}, "", 17, 06755)
                .content("#!/bin/sh\necho ok".getBytes(java.nio.charset.StandardCharsets.UTF_8))
                .symbolicLink("data/again", "../run")
                .hardLink("data/twin", "data/rows.csv")
                .toBytes();
        RunResult result = sh("./run; ./data/again; cat data/twin; stat -c '%u %g %a %h' run data data/rows.csv;"
                        + " readlink data/again")
                .archive(gzipped(tar))
                .runIn(SLOTS.slot());
        assertThat(text(result.stderr())).isEmpty();
        assertThat(text(result.stdout()).lines())
                .containsExactly("ok", "ok", "1,2", "1000 1000 755 1", "1000 1000 755 2", "1000 1000 644 2", "../run");
    }

    @Test
    void a_refused_archive_keeps_the_command_from_running() throws Exception {
        byte[] tar = new TarBytes()
                .file("good", "good")
                .file("../\u001b[31mevil", "evil")
                .toBytes();
        RunResult result = sh("echo ran").archive(gzipped(tar)).runIn(SLOTS.slot());
        assertThat(result.outcome()).isEqualTo(Outcome.INVALID_INPUT);
        assertThat(result.exitCode()).isNull();
        assertThat(result.stdout().totalBytes()).isZero();
        assertThat(result.reason()).isEqualTo("The archive's entry '../\\x1b[31mevil' goes up with '..'.");
    }

    @Test
    void archives_and_files_share_one_tree() throws Exception {
        byte[] one = new TarBytes().file("a/one", "1").toBytes();
        byte[] two = new TarBytes().file("a/two", "2").toBytes();
        RunResult both = sh("cat a/one a/two main")
                .archive(one)
                .archive(two)
                .file("main", "3", false)
                .runIn(SLOTS.slot());
        assertThat(text(both.stdout())).isEqualTo("123");
        assertThat(sh("true").archive(one).archive(one).runIn(SLOTS.slot()).reason())
                .contains("'a/one' is there twice");
        assertThat(sh("true")
                        .archive(one)
                        .file("a/one", "", false)
                        .runIn(SLOTS.slot())
                        .reason())
                .contains("'a/one' collides");
    }

    @Test
    void files_of_the_host_are_copied_as_the_jobs_own() throws Exception {
        Path source = Files.write(directory.resolve("agents-only"), new byte[200_001]);
        Files.setPosixFilePermissions(source, PosixFilePermissions.fromString("rw-------"));
        byte[] tar = new TarBytes().file("a/one", "1").toBytes();
        RunResult result = sh("stat -c '%n %s %u %g %a %h' a/two b/c/three; echo more >> a/two")
                .archive(tar)
                .copy("a/two", source)
                .copy("b/c/three", source)
                .runIn(SLOTS.slot());
        assertThat(text(result.stderr())).isEmpty();
        assertThat(text(result.stdout()).lines())
                .containsExactly("a/two 200001 1000 1000 644 1", "b/c/three 200001 1000 1000 644 1");
        assertThat(source).hasSize(200_001);
        assertThat(sh("true")
                        .archive(tar)
                        .copy("a/one", source)
                        .runIn(SLOTS.slot())
                        .reason())
                .contains("'a/one' collides");
        assertThat(sh("true").copy("../out", source).runIn(SLOTS.slot()).outcome())
                .isEqualTo(Outcome.INVALID_INPUT);
        assertThat(sh("true")
                        .room(64L << 20, 8, 128 << 10, 16)
                        .copy("a", source)
                        .runIn(SLOTS.slot())
                        .reason())
                .contains("do not fit");
    }

    @Test
    void no_input_goes_through_a_link_of_an_archive() throws Exception {
        byte[] tar = new TarBytes().directory("d").symbolicLink("link", "d").toBytes();
        for (String path : new String[] {"link/file", "link/deeper/file", "link"}) {
            RunResult result = sh("true").archive(tar).file(path, "", false).runIn(SLOTS.slot());
            assertThat(result.outcome()).isEqualTo(Outcome.INVALID_INPUT);
            assertThat(result.reason()).contains("collides");
        }
    }

    @Test
    void what_does_not_fit_on_the_disk_is_told() throws Exception {
        // Files take whole pages, so these need more than their bytes.
        byte[] tar = new TarBytes()
                .entry('0', "large", "", new byte[1_040_000])
                .file("a", "a")
                .file("b", "b")
                .file("last", "c")
                .toBytes();
        RunResult result =
                sh("true").room(64L << 20, 8, 1L << 20, 8).archive(gzipped(tar)).runIn(SLOTS.slot());
        assertThat(result.outcome()).isEqualTo(Outcome.INVALID_INPUT);
        assertThat(result.reason()).contains("'last' does not fit on the disk");
    }

    @Test
    void an_archive_that_cannot_be_read_is_our_failure() {
        RunResult result = sh("true")
                .archive(() -> {
                    throw new IOException("the artifact is gone");
                })
                .runIn(SLOTS.slot());
        assertThat(result.outcome()).isEqualTo(Outcome.SANDBOX_ERROR);
        assertThat(result.reason()).contains("the artifact is gone");
    }

    @Test
    void unpacking_can_be_cancelled() throws Exception {
        Cancellation cancellation = new Cancellation();
        byte[] tar = new TarBytes().entry('0', "large", "", new byte[1 << 20]).toBytes();
        RunRequest request = sh("true")
                .archive(() -> {
                    cancellation.cancel();
                    return new java.io.ByteArrayInputStream(tar);
                })
                .request();
        RunResult result = SLOTS.slot().run(request, cancellation);
        assertThat(result.outcome()).isEqualTo(Outcome.CANCELLED);
        assertThat(result.exitCode()).isNull();
    }
}
