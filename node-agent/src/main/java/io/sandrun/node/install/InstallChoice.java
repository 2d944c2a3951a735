package io.sandrun.node.install;

import io.sandrun.protocol.Limits;
import io.sandrun.runtime.install.InstallLimits;
import io.sandrun.runtime.install.InstallSettings;
import io.sandrun.runtime.layer.LayerKeeping;
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
    private static final long DEFAULT_LAYER_BYTES = (long) Limits.PACKAGES_MB_DEFAULT << 20;
    private static final Duration DEFAULT_LAYER_AGE = Duration.ofDays(Limits.PACKAGES_DAYS_DEFAULT);

    public static final InstallLimits DEFAULT_LIMITS = new InstallLimits(
            Duration.ofSeconds(Limits.INSTALL_SECONDS_DEFAULT),
            Limits.INSTALL_CORES,
            (long) Limits.INSTALL_MEMORY_MB_DEFAULT << 20,
            (long) Limits.INSTALL_DISK_MB_DEFAULT << 20,
            Limits.INSTALL_NETWORK_BYTES);

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
        if (layerAge.isNegative() || layerAge.isZero() || layerAge.toDays() > Limits.PACKAGES_DAYS_MAX) {
            throw new IllegalArgumentException(
                    "the age of installed packages must be more than nothing and at most %d days"
                            .formatted(Limits.PACKAGES_DAYS_MAX));
        }
        if (settings.isPresent() && settings.get().limits().wallTime().toSeconds() > Limits.INSTALL_SECONDS_MAX) {
            throw new IllegalArgumentException("an installation may take at most an hour");
        }
    }

    public static InstallChoice of(InstallSettings settings) {
        return new InstallChoice(Optional.of(settings), DEFAULT_LAYER_BYTES, DEFAULT_LAYER_AGE);
    }

    /** As it can be on a machine of so much memory: where that is little, less for each installation. */
    public InstallChoice on(long machineBytes) {
        return new InstallChoice(settings.map(all -> fitting(all, machineBytes)), layerBytes, layerAge);
    }

    /** The same with limits that fit into what installations may have of a machine's memory. */
    public static InstallSettings fitting(InstallSettings settings, long machineBytes) {
        if (machineBytes == 0) {
            return settings; // the kernel does not tell
        }
        return settings.with(settings.limits().within(machineBytes / Limits.INSTALL_MEMORY_PART));
    }

    /** How many installations a machine of so much memory has room for at one time. */
    public int places(long machineBytes) {
        long each = settings.map(all -> all.limits().machineBytes()).orElse(Long.MAX_VALUE);
        return (int) Math.max(1, Math.min(Integer.MAX_VALUE, machineBytes / Limits.INSTALL_MEMORY_PART / each));
    }

    /** How long what is installed is kept. */
    public LayerKeeping keeping() {
        return new LayerKeeping(layerBytes, Limits.PACKAGES_LEFT_BYTES, layerAge);
    }

    public InstallChoice keeping(long bytes, Duration age) {
        return new InstallChoice(settings, bytes, age);
    }
}
