package io.sandrun.runtime.cgroup;

import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * Removes groups whose last processes may still be on their way out. All waiting of one removal together is bounded,
 * from its construction on.
 */
final class GroupRemoval {
    private static final System.Logger LOG = System.getLogger(GroupRemoval.class.getName());

    /** Killed processes leave within milliseconds; freeing much memory takes longer. */
    private static final long LONGEST_WAIT_NANOS = TimeUnit.SECONDS.toNanos(2);

    private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

    private final ControlFiles files;
    private final long startNanos = System.nanoTime();

    GroupRemoval(ControlFiles files) {
        this.files = files;
    }

    /** Waits for the group to become empty; after the bound it is left, and the log says so. */
    boolean remove(Path group) {
        while (true) {
            try {
                files.removeDirectory(group);
                return true;
            } catch (NoSuchFileException e) {
                return true;
            } catch (AccessDeniedException e) {
                LOG.log(Level.DEBUG, "another user''s, who removes it: {0}", group);
                return false;
            } catch (IOException e) {
                if (System.nanoTime() - startNanos > LONGEST_WAIT_NANOS) {
                    LOG.log(Level.WARNING, "left behind, still in use: {0}", group);
                    return false;
                }
                LockSupport.parkNanos(PAUSE_NANOS);
            }
        }
    }

    /** The same for a group and the groups right below it. */
    boolean removeWithChildren(Path group) {
        try {
            boolean empty = true;
            if (files.exists(group)) {
                for (Path child : files.directories(group)) {
                    empty &= remove(child);
                }
            }
            return empty && remove(group);
        } catch (IOException e) {
            LOG.log(Level.WARNING, "cannot look into {0}: {1}", group, e.toString());
            return false;
        }
    }
}
