package io.sandrun.cli.pack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sandrun.runtime.archive.ArchiveLimits;
import io.sandrun.runtime.archive.ArchiveReader;
import io.sandrun.runtime.archive.ArchiveSink;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ProjectFolderTest {
    private static final ProjectFolder.Bounds BOUNDS = new ProjectFolder.Bounds(10 << 20, 1000);

    @TempDir
    Path folder;

    @Test
    void an_archive_has_the_files_that_are_left_in_with_their_bytes_and_modes() throws Exception {
        write("main.py", "print(1)");
        write("data/in.csv", "a,b\n");
        write("data/big.log", "x");
        write(".git/config", "secret");
        write(".sandrunignore", "*.log\n");
        write("töst 'file'.txt", "ü");
        assertThat(write("run.sh", "true").toFile().setExecutable(true)).isTrue();
        Files.createSymbolicLink(folder.resolve("link"), Path.of("data/in.csv"));

        assertThat(unpacked(ProjectFolder.of(folder, BOUNDS)))
                .containsExactly(
                        "data/",
                        "data/in.csv=a,b\n",
                        "link -> data/in.csv",
                        "main.py=print(1)",
                        "run.sh*=true",
                        "töst 'file'.txt=ü");
    }

    @Test
    void the_same_folder_gives_the_same_bytes_whenever_and_wherever_it_is_packed() throws Exception {
        write("one/b.txt", "b");
        write("one/a.txt", "a");
        write("two/a.txt", "a");
        write("two/b.txt", "b");
        Files.setLastModifiedTime(folder.resolve("two/a.txt"), FileTime.fromMillis(1));
        assertThat(bytes(folder.resolve("two"))).isEqualTo(bytes(folder.resolve("one")));
    }

    @Test
    void large_files_and_long_names_arrive_as_they_are() throws Exception {
        long seed = System.nanoTime();
        System.out.println("seed " + seed);
        byte[] noise = new byte[3_000_001];
        new Random(seed).nextBytes(noise);
        String deep = "d".repeat(120) + "/" + "e".repeat(200) + ".bin";
        Files.createDirectories(folder.resolve(deep).getParent());
        Files.write(folder.resolve(deep), noise);
        List<byte[]> arrived = new ArrayList<>();
        ArchiveSink sink = new ArchiveSink() {
            @Override
            public void write(byte[] bytes, int count) {
                arrived.add(java.util.Arrays.copyOf(bytes, count));
            }
        };
        ProjectFolder project = ProjectFolder.of(folder, BOUNDS);
        assertThat(project.bytes()).isEqualTo(noise.length);
        assertThat(project.files()).containsExactly(deep);
        try (InputStream archive = project.archive()) {
            new ArchiveReader(ArchiveLimits.within(10 << 20, 1000), sink).read(archive);
        }
        assertThat(joined(arrived)).isEqualTo(noise);
    }

    @Test
    void what_leaves_the_folder_is_refused_with_its_name() throws Exception {
        write("main.py", "");
        for (String target : List.of("/etc/passwd", "../outside", "sub/../../x", ".")) {
            Path link = Files.createSymbolicLink(folder.resolve("astray"), Path.of(target));
            if (target.equals(".")) {
                ProjectFolder.of(folder, BOUNDS);
            } else {
                assertRefused("astray", "link");
            }
            Files.delete(link);
        }
    }

    @Test
    void special_files_and_unfit_names_are_refused_with_their_names() throws Exception {
        write("main.py", "");
        Path fifo = folder.resolve("pipe");
        Process mkfifo = new ProcessBuilder("mkfifo", fifo.toString()).start();
        assertThat(mkfifo.waitFor(10, TimeUnit.SECONDS)).isTrue();
        assertRefused("pipe", ".sandrunignore");
        Files.delete(fifo);

        Path control = write("bell\u0007.txt", "");
        assertRefused("bell\\x07.txt", "control character");
        Files.delete(control);

        write("Readme", "");
        write("README", "");
        assertRefused("case");
        write(".sandrunignore", "Readme\n");
        ProjectFolder.of(folder, BOUNDS);
    }

    @Test
    void limits_are_told_before_anything_is_sent() throws Exception {
        write("a.bin", "x".repeat(100));
        write("b.bin", "x".repeat(100));
        assertThatThrownBy(() -> ProjectFolder.of(folder, new ProjectFolder.Bounds(150, 10)))
                .hasMessageContaining("b.bin")
                .hasMessageContaining("150 bytes")
                .hasMessageContaining("--disk-mb");
        assertThatThrownBy(() -> ProjectFolder.of(folder, new ProjectFolder.Bounds(1000, 1)))
                .hasMessageContaining("more than 1 files");
    }

    @Test
    void an_empty_folder_and_a_file_that_changes_are_told() throws Exception {
        assertRefused("no files");
        Path file = write("grows.txt", "a");
        ProjectFolder project = ProjectFolder.of(folder, BOUNDS);
        Files.writeString(file, "abc");
        try (InputStream archive = project.archive()) {
            assertThatThrownBy(archive::readAllBytes)
                    .isInstanceOf(ProjectRefusedException.class)
                    .hasMessageContaining("grows.txt");
        }
    }

    private void assertRefused(String... words) {
        assertThatThrownBy(() -> ProjectFolder.of(folder, BOUNDS))
                .isInstanceOf(ProjectRefusedException.class)
                .hasMessageContainingAll(words);
    }

    private Path write(String path, String content) throws IOException {
        Path file = folder.resolve(path);
        Files.createDirectories(file.getParent());
        return Files.writeString(file, content);
    }

    private static byte[] bytes(Path folder) throws IOException {
        try (InputStream archive = ProjectFolder.of(folder, BOUNDS).archive()) {
            return archive.readAllBytes();
        }
    }

    private static byte[] joined(List<byte[]> chunks) {
        byte[] all = new byte[chunks.stream().mapToInt(chunk -> chunk.length).sum()];
        int place = 0;
        for (byte[] chunk : chunks) {
            System.arraycopy(chunk, 0, all, place, chunk.length);
            place += chunk.length;
        }
        return all;
    }

    /** The entries in words, as the broker's reader sees them. */
    private static List<String> unpacked(ProjectFolder project) throws IOException {
        List<String> entries = new ArrayList<>();
        ArchiveSink sink = new ArchiveSink() {
            private String file = "";

            @Override
            public void makeDirectory(String path) {
                entries.add(path + "/");
            }

            @Override
            public void beginFile(String path, boolean executable) {
                file = path + (executable ? "*" : "") + "=";
            }

            @Override
            public void write(byte[] bytes, int count) {
                file += new String(bytes, 0, count, StandardCharsets.UTF_8);
            }

            @Override
            public void endFile() {
                entries.add(file);
            }

            @Override
            public void makeSymbolicLink(String path, String target) {
                entries.add(path + " -> " + target);
            }
        };
        try (InputStream archive = project.archive()) {
            new ArchiveReader(ArchiveLimits.within(10 << 20, 1000), sink).read(archive);
        }
        return entries;
    }
}
