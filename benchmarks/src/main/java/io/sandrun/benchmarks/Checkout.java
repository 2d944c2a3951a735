package io.sandrun.benchmarks;

import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The tree that this was built in: for what is built from its sources, or written back to them. */
public final class Checkout {
    private Checkout() {}

    /** @throws IllegalStateException if these classes no longer lie in their checkout */
    public static Path root() {
        Path at;
        try {
            at = Path.of(Checkout.class
                    .getProtectionDomain()
                    .getCodeSource()
                    .getLocation()
                    .toURI());
        } catch (URISyntaxException odd) {
            throw new IllegalStateException(odd);
        }
        for (Path directory = at; directory != null; directory = directory.getParent()) {
            if (Files.exists(directory.resolve("mvnw"))) {
                return directory;
            }
        }
        throw new IllegalStateException("this needs the checkout that it was built in, and " + at + " is in none");
    }
}
