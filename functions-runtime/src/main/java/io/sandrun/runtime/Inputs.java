package io.sandrun.runtime;

import io.sandrun.runtime.archive.ArchiveLimits;
import io.sandrun.runtime.archive.ArchiveSource;
import io.sandrun.runtime.archive.Selection;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a command finds in /work.
 *
 * @param files written after the archives were unpacked
 * @param archives unpacked one after the other into one tree; see {@link io.sandrun.runtime.archive.ArchiveReader}
 * @param archiveLimits of all archives together
 * @param selection which entries of the archives are wanted, or null for all
 */
public record Inputs(
        List<InputFile> files,
        List<ArchiveSource> archives,
        ArchiveLimits archiveLimits,
        @Nullable Selection selection) {
    private static final ArchiveLimits NO_ARCHIVES = ArchiveLimits.within(0, 0);

    public Inputs {
        files = List.copyOf(files);
        archives = List.copyOf(archives);
    }

    /** All of the archives. */
    public Inputs(List<InputFile> files, List<ArchiveSource> archives, ArchiveLimits archiveLimits) {
        this(files, archives, archiveLimits, null);
    }

    public static Inputs of(List<InputFile> files) {
        return new Inputs(files, List.of(), NO_ARCHIVES);
    }
}
