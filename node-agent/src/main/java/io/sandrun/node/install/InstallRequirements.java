package io.sandrun.node.install;

import io.sandrun.node.attempt.AttemptFailedException;
import io.sandrun.node.attempt.AttemptStep;
import io.sandrun.node.attempt.AttemptWork;
import io.sandrun.protocol.JobFiles.Installer;
import io.sandrun.protocol.JobFiles.Requirements;
import io.sandrun.protocol.Limits;
import io.sandrun.protocol.Outcome;
import io.sandrun.protocol.log.LogStream;
import io.sandrun.runtime.Cancellation;
import io.sandrun.runtime.Inputs;
import io.sandrun.runtime.OutputListener;
import io.sandrun.runtime.ShownTree;
import io.sandrun.runtime.archive.ArchiveLimits;
import io.sandrun.runtime.archive.ArchiveRefusedException;
import io.sandrun.runtime.install.InstallPlan;
import io.sandrun.runtime.install.InstallReport;
import io.sandrun.runtime.install.InstallerUnavailableException;
import io.sandrun.runtime.install.RequirementsException;
import io.sandrun.runtime.layer.Layer;
import io.sandrun.runtime.layer.LayerBuild;
import io.sandrun.runtime.layer.LayerStore;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.CancellationException;
import java.util.concurrent.atomic.AtomicBoolean;

/** Shows the program the packages that it requires; installs them first if nobody has before. Thread-safe. */
public final class InstallRequirements implements AttemptStep {
    /** Node finds packages beside every directory that is above the program, by require as by import. */
    private static final String NODE_MODULES = "/node_modules";

    private static final String PYTHON_PACKAGES = "/packages";

    private final NodeInstallers installers;
    private final InstallPlaces places;
    private final LayerStore<InstallReport> layers;

    /** @param layers what was installed before */
    public InstallRequirements(NodeInstallers installers, InstallPlaces places, LayerStore<InstallReport> layers) {
        this.installers = installers;
        this.places = places;
        this.layers = layers;
    }

    @Override
    public String doing() {
        return "its requirements were installed";
    }

    @Override
    public void take(AttemptWork work) throws AttemptFailedException, IOException {
        Requirements required = work.job().files().requirements();
        if (required == null) {
            return;
        }
        try {
            io.sandrun.runtime.install.Installer installer =
                    installers.installerFor(required.installer(), work.interpreter(), work.slot());
            Inputs project = project(work);
            InstallPlan plan = installer.plan(project, required.path());
            String key = installer.key(plan, work.environmentName().orElse(""));
            Cancellation cancellation = work.attempt().cancellation();
            OutputListener listener = (stream, bytes) -> work.log().append(LogStream.INSTALL, bytes);
            LayerBuild<InstallReport> build =
                    directory -> installer.install(plan, project, work.slot(), cancellation, listener, directory);
            AtomicBoolean isOurs = new AtomicBoolean();
            LayerStore.Obtained<InstallReport> obtained = layers.obtain(
                    key,
                    directory -> {
                        isOurs.set(true);
                        return inPlace(work, build, directory);
                    },
                    cancellation);
            if (!isOurs.get()) {
                tellOfOthers(work, obtained);
            }
            Layer layer = obtained.layer().orElse(null);
            if (layer == null) {
                throw failure(obtained);
            }
            work.whenOver(layer::close);
            show(work, required.installer(), layer);
        } catch (RequirementsException unreadable) {
            throw new AttemptFailedException(Outcome.INVALID_INPUT, unreadable.sentence());
        } catch (ArchiveRefusedException refused) {
            throw new AttemptFailedException(Outcome.INVALID_INPUT, String.valueOf(refused.getMessage()));
        } catch (InstallerUnavailableException unavailable) {
            throw new AttemptFailedException(Outcome.SANDBOX_ERROR, unavailable.sentence());
        }
    }

    /** Whoever waits for the same packages makes them, if this job is not wanted any more. */
    private LayerBuild.Built<InstallReport> inPlace(AttemptWork work, LayerBuild<InstallReport> build, Path directory)
            throws IOException {
        InstallPlaces.Place place;
        try {
            place = places.take(work.attempt(), () -> tellOfWait(work));
        } catch (CancellationException unwanted) {
            InstallReport report = new InstallReport(InstallReport.Outcome.CANCELLED, "", new byte[0]);
            return new LayerBuild.Built<>(LayerBuild.Fate.GIVE_UP, 0, report);
        }
        try {
            return build.into(directory);
        } finally {
            place.close();
        }
    }

    private static void tellOfWait(AttemptWork work) {
        String line = "sandrun: this node has memory for no more installations now; waiting for another to end\n";
        work.log().append(LogStream.INSTALL, line.getBytes(StandardCharsets.UTF_8));
    }

    /** Another job's installation failed, and ours would too: its words are as good as ours would have been. */
    private static void tellOfOthers(AttemptWork work, LayerStore.Obtained<InstallReport> obtained) {
        obtained.report()
                .map(InstallReport::log)
                .filter(log -> log.length > 0)
                .ifPresent(log -> work.log().append(LogStream.INSTALL, log));
    }

    /** Within the same bounds as when it is unpacked for the program. */
    private static Inputs project(AttemptWork work) {
        long diskBytes = (long) work.job().limits().diskMb() << 20;
        ArchiveLimits limits = ArchiveLimits.within(diskBytes, Limits.DISK_INODES);
        return new Inputs(work.files(), work.copies(), work.archives(), limits, null);
    }

    /** Another node may reach an index that this one does not: that is no fault of what is required. */
    private static AttemptFailedException failure(LayerStore.Obtained<InstallReport> obtained) {
        InstallReport report =
                obtained.report().orElseThrow(() -> new IllegalStateException("neither a layer nor a report"));
        return switch (report.outcome()) {
            case FAILED -> new AttemptFailedException(Outcome.INSTALL_FAILED, report.reason());
            case INDEX_UNREACHABLE, NODE_FAULT -> new AttemptFailedException(Outcome.SANDBOX_ERROR, report.reason());
            case CANCELLED -> throw new CancellationException();
            case INSTALLED -> throw new IllegalStateException("installed, and nothing was kept");
        };
    }

    private static void show(AttemptWork work, Installer installer, Layer layer) {
        switch (installer) {
            case PIP -> {
                // A zygote outlives a job, and whatever was installed for one must not.
                work.startFrom(null);
                work.showTree(new ShownTree(layer.tree(), PYTHON_PACKAGES));
                work.searchAlso("PYTHONPATH", PYTHON_PACKAGES);
                work.searchAlso("PATH", PYTHON_PACKAGES + "/bin");
            }
            case NPM -> {
                work.showTree(new ShownTree(layer.tree(), NODE_MODULES));
                work.searchAlso("PATH", NODE_MODULES + "/.bin");
            }
        }
    }
}
