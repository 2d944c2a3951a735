package io.sandrun.node.install;

import io.sandrun.runtime.install.InstallLimits;
import io.sandrun.runtime.install.InstallSettings;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * Whether and how a node installs packages.
 *
 * @param settings where packages come from, or empty for a node that installs nothing
 * @param layerBytes of installed packages that are kept while nobody uses them
 * @param layerAge after which they are installed anew
 */
public record InstallChoice(Optional<InstallSettings> settings, long layerBytes, Duration layerAge) {
    /** Room for some ten environments of data science. */
    public static final long DEFAULT_LAYER_BYTES = 10L << 30;

    /** A requirement without a version is looked at again once a month. */
    public static final Duration DEFAULT_LAYER_AGE = Duration.ofDays(30);

    public static final Duration MAX_LAYER_AGE = Duration.ofDays(3650);

    /** pip needs some 300 MiB for a large wheel; what it downloads and builds lies in memory beside that. */
    public static final InstallLimits DEFAULT_LIMITS =
            new InstallLimits(Duration.ofMinutes(10), 2, 1L << 30, 2L << 30, 4L << 30);

    public static final Duration MAX_INSTALL_TIME = Duration.ofHours(1);

    public static final URI PYPI = URI.create("https://pypi.org/simple");
    public static final URI NPM = URI.create("https://registry.npmjs.org/");

    /** A node that installs nothing. */
    public static final InstallChoice NONE =
            new InstallChoice(Optional.empty(), DEFAULT_LAYER_BYTES, DEFAULT_LAYER_AGE);

    /** From the public indexes. */
    public static final InstallChoice PUBLIC =
            of(new InstallSettings(Optional.of(PYPI), Optional.empty(), Optional.of(NPM), List.of(), DEFAULT_LIMITS));

    public InstallChoice {
        if (layerBytes < 0) {
            throw new IllegalArgumentException("the room for installed packages is negative");
        }
        if (layerAge.isNegative() || layerAge.isZero() || layerAge.compareTo(MAX_LAYER_AGE) > 0) {
            throw new IllegalArgumentException(
                    "the age of installed packages must be more than nothing and at most %d days"
                            .formatted(MAX_LAYER_AGE.toDays()));
        }
        if (settings.isPresent() && settings.get().limits().wallTime().compareTo(MAX_INSTALL_TIME) > 0) {
            throw new IllegalArgumentException("an installation may take at most an hour");
        }
    }

    public static InstallChoice of(InstallSettings settings) {
        return new InstallChoice(Optional.of(settings), DEFAULT_LAYER_BYTES, DEFAULT_LAYER_AGE);
    }

    public InstallChoice keeping(long bytes, Duration age) {
        return new InstallChoice(settings, bytes, age);
    }
}
