package io.sandrun.cli.pack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sandrun.runtime.archive.ArchiveLimits;
import io.sandrun.runtime.archive.ArchiveRefusedException;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.apache.commons.compress.archivers.tar.TarConstants;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class UnpackingTest {
    private static final ArchiveLimits LIMITS = ArchiveLimits.within(10 << 20, 1000);

    @TempDir
    Path directory;

    private Path target;

    @BeforeEach
    void chooseTarget() {
        target = directory.resolve("results");
    }

    @Test
    void files_arrive_in_their_folders() throws Exception {
        byte[] archive = tar("report.txt", "sum", "plots/a.png", "png");
        assertThat(unpack(archive, false)).containsExactly("report.txt", "plots/a.png");
        assertThat(target.resolve("report.txt")).hasContent("sum");
        assertThat(target.resolve("plots/a.png")).hasContent("png");
        assertNothingElse("plots", "report.txt");
    }

    @Test
    void a_file_that_is_there_stays_and_nothing_else_is_written() throws Exception {
        Files.createDirectories(target);
        Files.writeString(target.resolve("report.txt"), "mine");
        byte[] archive = tar("first.txt", "1", "report.txt", "theirs");
        assertThatThrownBy(() -> unpack(archive, false))
                .isInstanceOf(ProjectRefusedException.class)
                .hasMessageContaining("report.txt")
                .hasMessageContaining("--force");
        assertThat(target.resolve("report.txt")).hasContent("mine");
        assertNothingElse("report.txt");

        unpack(archive, true);
        assertThat(target.resolve("report.txt")).hasContent("theirs");
    }

    @Test
    void nothing_goes_through_a_link_that_lies_in_the_folder_even_by_force() throws Exception {
        Path elsewhere = Files.createDirectories(directory.resolve("elsewhere"));
        Files.createDirectories(target);
        Files.createSymbolicLink(target.resolve("plots"), elsewhere);
        assertThatThrownBy(() -> unpack(tar("plots/a.png", "x"), true))
                .isInstanceOf(ProjectRefusedException.class)
                .hasMessageContaining("plots");
        assertThat(elsewhere).isEmptyDirectory();

        Path precious = Files.writeString(directory.resolve("precious"), "kept");
        Files.createSymbolicLink(target.resolve("report.txt"), precious);
        unpack(tar("report.txt", "new"), true);
        assertThat(precious).hasContent("kept");
        assertThat(target.resolve("report.txt")).isRegularFile().hasContent("new");
    }

    @Test
    void an_archive_that_leads_elsewhere_is_refused_and_leaves_nothing() throws Exception {
        for (String name : List.of("../up.txt", "/tmp/absolute.txt", "a/../../b")) {
            assertThatThrownBy(() -> unpack(tar("ok.txt", "1", name, "x"), true))
                    .as(name)
                    .isInstanceOf(ArchiveRefusedException.class);
            assertNothingElse();
        }
        assertThatThrownBy(() -> unpack(linkTar(), true)).isInstanceOf(ProjectRefusedException.class);
        assertNothingElse();
    }

    private List<String> unpack(byte[] archive, boolean overwrite) throws IOException {
        return new Unpacking(target, overwrite).unpack(new ByteArrayInputStream(archive), LIMITS);
    }

    private void assertNothingElse(String... names) throws IOException {
        try (Stream<Path> listing = Files.list(target)) {
            assertThat(listing.map(path -> path.getFileName().toString())).containsExactlyInAnyOrder(names);
        }
    }

    private static byte[] tar(String... namesAndContents) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (TarArchiveOutputStream tar = new TarArchiveOutputStream(bytes)) {
            for (int index = 0; index < namesAndContents.length; index += 2) {
                byte[] content = namesAndContents[index + 1].getBytes(StandardCharsets.UTF_8);
                TarArchiveEntry entry = new TarArchiveEntry(namesAndContents[index], true);
                entry.setSize(content.length);
                tar.putArchiveEntry(entry);
                tar.write(content);
                tar.closeArchiveEntry();
            }
        }
        return bytes.toByteArray();
    }

    private static byte[] linkTar() throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (TarArchiveOutputStream tar = new TarArchiveOutputStream(bytes)) {
            TarArchiveEntry entry = new TarArchiveEntry("link", TarConstants.LF_SYMLINK);
            entry.setLinkName("inside");
            tar.putArchiveEntry(entry);
            tar.closeArchiveEntry();
        }
        return bytes.toByteArray();
    }
}
