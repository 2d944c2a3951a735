package io.sandrun.runtime.output;

import io.sandrun.runtime.linux.FileKind;
import io.sandrun.runtime.linux.FileStatus;
import java.time.Instant;

/**
 * How a job's own files are told from its inputs. All inputs carry one time of modification, long ago: writing to a
 * file changes it. What a job copies together with that time is told by the time of the last change, which nobody can
 * set.
 */
public final class InputTime {
    /** 2001-09-09T01:46:40Z: the first second with ten digits, and recent enough for every archive format. */
    public static final long EPOCH_SECONDS = 1_000_000_000;

    private static final Instant INSTANT = Instant.ofEpochSecond(EPOCH_SECONDS);

    private InputTime() {}

    /** Whether a file is as it was when the job started. Links have no content that could change. */
    static boolean isUntouched(FileStatus status, Instant started) {
        boolean isSame = status.kind() != FileKind.REGULAR || status.modified().equals(INSTANT);
        return isSame && !status.changed().isAfter(started);
    }
}
