package io.sandrun.runtime.attack;

import io.sandrun.runtime.output.ArtifactDirectory;
import io.sandrun.runtime.output.LeftOut;
import io.sandrun.runtime.output.OutputFile;
import io.sandrun.runtime.output.OutputLimits;
import io.sandrun.runtime.output.OutputRequest;
import io.sandrun.runtime.output.Outputs;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.stream.Stream;

/** What was taken out of the attacked sandbox, kept as an agent keeps it, and looked at. One thread. */
final class Haul implements AutoCloseable {
    /** The one place of /work that is asked for. */
    static final String WANTED = "out";

    static final OutputLimits LIMITS = new OutputLimits(50, 1L << 20, 4L << 20, 32, 2000, Duration.ofSeconds(5));

    private static final int SET_ID_BITS = 06000;

    private final Path directory;

    /** @param directory does not exist yet, and does not afterwards */
    Haul(Path directory) throws IOException {
        this.directory = Files.createDirectory(directory);
    }

    OutputRequest request() {
        return new OutputRequest(List.of(WANTED), LIMITS, new ArtifactDirectory(directory));
    }

    /**
     * What is wrong with what has come; empty if all is well. It is thrown away.
     *
     * @param secrets what must not have come
     */
    List<String> marks(Outputs outputs, Collection<String> secrets) throws IOException {
        List<String> marks = new ArrayList<>();
        long bytes = 0;
        try (DirectoryStream<Path> artifacts = Files.newDirectoryStream(directory)) {
            for (Path artifact : artifacts) {
                bytes += Files.size(artifact);
                look(artifact, secrets, marks);
                Files.delete(artifact);
            }
        }
        if (bytes > LIMITS.totalBytes() || outputs.files().size() > LIMITS.files()) {
            marks.add("taken: %d files, %d bytes".formatted(outputs.files().size(), bytes));
        }
        Stream<String> names = Stream.concat(
                outputs.files().stream().map(OutputFile::path),
                outputs.leftOut().stream().map(LeftOut::name));
        if (names.anyMatch(name -> name.chars().anyMatch(Character::isISOControl))) {
            marks.add("a name with controls in it");
        }
        return marks;
    }

    private static void look(Path artifact, Collection<String> secrets, List<String> marks) throws IOException {
        int mode = (int) Files.getAttribute(artifact, "unix:mode", LinkOption.NOFOLLOW_LINKS);
        if (!Files.isRegularFile(artifact, LinkOption.NOFOLLOW_LINKS) || (mode & SET_ID_BITS) != 0) {
            marks.add("an artifact of mode " + Integer.toOctalString(mode));
            return;
        }
        String content = Files.readString(artifact, StandardCharsets.ISO_8859_1);
        if (secrets.stream().anyMatch(content::contains)) {
            marks.add("a canary's content was taken out");
        }
    }

    @Override
    public void close() throws IOException {
        Files.deleteIfExists(directory);
    }
}
