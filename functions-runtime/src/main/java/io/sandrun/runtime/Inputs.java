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
 * @param copies likewise, after the files
 * @param archives unpacked one after the other into one tree; see {@link io.sandrun.runtime.archive.ArchiveReader}
 * @param archiveLimits of all archives together
 * @param selection which copies and entries of the archives are wanted, or null for all
 */
public record Inputs(
        List<InputFile> files,
        List<HostCopy> copies,
        List<ArchiveSource> archives,
        ArchiveLimits archiveLimits,
        @Nullable Selection selection) {
    private static final ArchiveLimits NO_ARCHIVES = ArchiveLimits.within(0, 0);

    public Inputs {
        files = List.copyOf(files);
        copies = List.copyOf(copies);
        archives = List.copyOf(archives);
    }

    /** All of the archives, and no copies. */
    public Inputs(List<InputFile> files, List<ArchiveSource> archives, ArchiveLimits archiveLimits) {
        this(files, List.of(), archives, archiveLimits, null);
    }

    /** Whether the command finds /work empty. */
    public boolean isEmpty() {
        return files.isEmpty() && copies.isEmpty() && archives.isEmpty();
    }

    public static Inputs of(List<InputFile> files) {
        return new Inputs(files, List.of(), NO_ARCHIVES);
    }
}
