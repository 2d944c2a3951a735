package io.sandrun.cli;

import io.sandrun.node.install.InstallChoice;
import io.sandrun.protocol.Limits;
import io.sandrun.runtime.install.InstallLimits;
import io.sandrun.runtime.install.InstallSettings;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Where a node installs packages from, as flags. */
final class InstallOptions {
    private static final int MOST_MB = 1 << 20;

    @Option(names = "--no-installs", description = "Installs nothing that jobs require.")
    boolean isOff;

    @Option(
            names = "--pip-index",
            paramLabel = "URL",
            description = "The package index for pip; 'none' for the folder alone (default: ${DEFAULT-VALUE}).")
    String pipIndex = InstallChoice.PYPI.toString();

    @Option(
            names = "--pip-find-links",
            paramLabel = "DIR",
            description = "A folder of wheels and source packages for pip, beside the index.")
    @Nullable
    Path pipFindLinks;

    @Option(
            names = "--npm-registry",
            paramLabel = "URL",
            description = "The registry for npm; 'none' for no npm (default: ${DEFAULT-VALUE}).")
    String npmRegistry = InstallChoice.NPM.toString();

    @Option(
            names = "--install-host",
            paramLabel = "HOST:PORT[=ADDRESS]",
            description = "A further host that installs may fetch from; may be repeated. With an address, that address"
                    + " is used for the name, and may be a private one.")
    List<String> hosts = List.of();

    @Option(
            names = "--install-seconds",
            paramLabel = "SECONDS",
            description = "How long one installation may take (default: ${DEFAULT-VALUE}).")
    long seconds = Limits.INSTALL_SECONDS_DEFAULT;

    @Option(
            names = "--install-memory-mb",
            paramLabel = "MIB",
            description = "Memory of one installation (default: ${DEFAULT-VALUE}). All at one time have half of the"
                    + " machine's memory: where that is less, each has less, and the others wait.")
    int memoryMb = Limits.INSTALL_MEMORY_MB_DEFAULT;

    @Option(
            names = "--install-disk-mb",
            paramLabel = "MIB",
            description = "Downloads, builds and result of one installation together (default: ${DEFAULT-VALUE}).")
    int diskMb = Limits.INSTALL_DISK_MB_DEFAULT;

    @Option(
            names = "--layer-mb",
            paramLabel = "MIB",
            description = "Installed packages that are kept while nobody uses them (default: ${DEFAULT-VALUE}).")
    int layerMb = Limits.PACKAGES_MB_DEFAULT;

    @Option(
            names = "--layer-days",
            paramLabel = "DAYS",
            description = "After which packages are installed anew (default: ${DEFAULT-VALUE}).")
    int layerDays = Limits.PACKAGES_DAYS_DEFAULT;

    InstallChoice choice() {
        if (isOff) {
            return InstallChoice.NONE;
        }
        check("--install-seconds", seconds, Limits.INSTALL_SECONDS_MAX);
        check("--install-memory-mb", memoryMb, MOST_MB);
        check("--install-disk-mb", diskMb, MOST_MB);
        check("--layer-days", layerDays, Limits.PACKAGES_DAYS_MAX);
        if (layerMb < 0) {
            throw new UsageException("--layer-mb must not be negative.");
        }
        if (pipFindLinks != null && !Files.isDirectory(pipFindLinks)) {
            throw new UsageException("--pip-find-links: there is no folder " + pipFindLinks + ".");
        }
        InstallLimits usual = InstallChoice.DEFAULT_LIMITS;
        InstallLimits limits = new InstallLimits(
                Duration.ofSeconds(seconds),
                usual.cores(),
                (long) memoryMb << 20,
                (long) diskMb << 20,
                usual.networkBytes());
        try {
            InstallSettings settings = new InstallSettings(
                    address("--pip-index", pipIndex),
                    Optional.ofNullable(pipFindLinks)
                            .map(folder -> folder.toAbsolutePath().normalize()),
                    address("--npm-registry", npmRegistry),
                    hosts,
                    limits);
            return InstallChoice.of(settings).keeping((long) layerMb << 20, Duration.ofDays(layerDays));
        } catch (IllegalArgumentException wrong) {
            throw new UsageException(String.valueOf(wrong.getMessage()));
        }
    }

    private static Optional<URI> address(String option, String text) {
        if (text.equals("none")) {
            return Optional.empty();
        }
        try {
            return Optional.of(URI.create(text));
        } catch (IllegalArgumentException noAddress) {
            throw new UsageException(option + ": '" + text + "' is no address.");
        }
    }

    private static void check(String option, long value, long most) {
        if (value < 1 || value > most) {
            throw new UsageException("%s must be 1 to %d, not %d.".formatted(option, most, value));
        }
    }
}
