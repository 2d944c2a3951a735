package io.sandrun.runtime;

import io.sandrun.runtime.archive.ArchiveLimits;
import io.sandrun.runtime.archive.ArchiveSource;
import java.util.List;

/**
 * What a command finds in /work.
 *
 * @param files written after the archives were unpacked
 * @param archives unpacked one after the other into one tree; see {@link io.sandrun.runtime.archive.ArchiveReader}
 * @param archiveLimits of all archives together
 */
public record Inputs(List<InputFile> files, List<ArchiveSource> archives, ArchiveLimits archiveLimits) {
    private static final ArchiveLimits NO_ARCHIVES = ArchiveLimits.within(0, 0);

    public Inputs {
        files = List.copyOf(files);
        archives = List.copyOf(archives);
    }

    public static Inputs of(List<InputFile> files) {
        return new Inputs(files, List.of(), NO_ARCHIVES);
    }
}
