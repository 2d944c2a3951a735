package io.sandrun.runtime.output;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is kept is named by its digest, what is not kept is gone. */
class ArtifactDirectoryTest {
    private static final byte[] CONTENT = "content".getBytes(StandardCharsets.UTF_8);

    private static OutputFile file(String path) {
        return new OutputFile(path, CONTENT.length, "d".repeat(64), false);
    }

    @Test
    void equal_files_are_kept_once(@TempDir Path directory) throws Exception {
        ArtifactDirectory artifacts = new ArtifactDirectory(directory);
        for (String path : new String[] {"a", "../../b"}) {
            try (ArtifactSink.Draft draft = artifacts.begin()) {
                draft.write(CONTENT, CONTENT.length);
                draft.keep(file(path));
            }
        }
        assertThat(directory).isDirectoryContaining(path -> path.equals(artifacts.pathOf(file("a"))));
        assertThat(directory.toFile().list()).hasSize(1);
        assertThat(Files.readAllBytes(artifacts.pathOf(file("a")))).isEqualTo(CONTENT);
    }

    @Test
    void what_is_not_kept_is_deleted(@TempDir Path directory) throws Exception {
        try (ArtifactSink.Draft draft = new ArtifactDirectory(directory).begin()) {
            draft.write(CONTENT, 3);
        }
        assertThat(directory).isEmptyDirectory();
    }
}
