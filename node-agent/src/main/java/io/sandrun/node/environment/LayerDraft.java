package io.sandrun.node.environment;

import io.sandrun.runtime.environment.LayerDigest;
import io.sandrun.runtime.layer.Trees;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import org.jspecify.annotations.Nullable;

/** A layer on its way. Closing it removes what was made, unless that is declared by then. For one thread. */
final class LayerDraft implements AutoCloseable {
    /** Whoever runs in a sandbox may read it. */
    private static final String OPEN = "rwxr-xr-x";

    private final Path layers;
    private final Path tree;
    private @Nullable Path placed;
    private boolean isDeclared;

    private LayerDraft(Path layers, Path tree) {
        this.layers = layers;
        this.tree = tree;
    }

    static LayerDraft begin(Path layers) throws IOException {
        Path tree = Files.createTempDirectory(Files.createDirectories(layers), "building-");
        Files.setPosixFilePermissions(tree, PosixFilePermissions.fromString(OPEN));
        return new LayerDraft(layers, tree);
    }

    /** Where to install. */
    Path tree() {
        return tree;
    }

    /** Puts it in its place, which is named by what is in it; answers that place. */
    Path place() throws IOException {
        Path place = layers.resolve(LayerDigest.of(tree).hex());
        if (!Files.exists(place)) {
            Files.move(tree, place, StandardCopyOption.ATOMIC_MOVE);
            placed = place;
        }
        return place;
    }

    /** Somebody refers to it from now on. */
    void declared() {
        isDeclared = true;
    }

    @Override
    public void close() throws IOException {
        Trees.remove(tree);
        if (placed != null && !isDeclared) {
            Trees.remove(placed);
        }
    }
}
