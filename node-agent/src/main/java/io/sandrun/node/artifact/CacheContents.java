package io.sandrun.node.artifact;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/**
 * What lies in a cache's directory.
 *
 * @param artifacts by name at least, the one first that was not used for longest
 * @param rest of transfers that were not finished
 */
record CacheContents(List<Path> artifacts, List<Path> rest) {
    private record Dated(Path path, FileTime used) {}

    static CacheContents scan(Path directory) throws IOException {
        List<Dated> artifacts = new ArrayList<>();
        List<Path> rest = new ArrayList<>();
        try (Stream<Path> files = Files.list(directory)) {
            for (Path file : files.toList()) {
                if (ArtifactDigest.isDigest(file.getFileName().toString())) {
                    artifacts.add(new Dated(file, Files.getLastModifiedTime(file)));
                } else {
                    rest.add(file);
                }
            }
        }
        artifacts.sort(Comparator.comparing(Dated::used));
        return new CacheContents(artifacts.stream().map(Dated::path).toList(), rest);
    }
}
