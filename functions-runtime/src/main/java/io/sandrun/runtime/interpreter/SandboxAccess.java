package io.sandrun.runtime.interpreter;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.Set;

/**
 * Whether the sandbox's user may use a file. An ordinary user's sandbox has that user's own rights; root's sandboxes
 * have unprivileged ids of their own, for which only the bits for others count. Directories above what is shown do not
 * matter: the sandbox does not see them.
 */
final class SandboxAccess {
    private final boolean agentIsRoot;

    SandboxAccess(boolean agentIsRoot) {
        this.agentIsRoot = agentIsRoot;
    }

    static SandboxAccess ofThisProcess() {
        try {
            return new SandboxAccess(Integer.valueOf(0).equals(Files.getAttribute(Path.of("/proc/self"), "unix:uid")));
        } catch (IOException | UnsupportedOperationException e) {
            // The stricter rule.
            return new SandboxAccess(true);
        }
    }

    /** Checks a file and the directories that lead to it from the shown one on. */
    boolean canRead(Path shown, Path file) throws IOException {
        if (!agentIsRoot) {
            return Files.isReadable(file);
        }
        for (Path path = file; path != null && path.startsWith(shown); path = path.getParent()) {
            Set<PosixFilePermission> permissions = Files.getPosixFilePermissions(path);
            boolean allowed = Files.isDirectory(path)
                    ? permissions.contains(PosixFilePermission.OTHERS_EXECUTE)
                    : permissions.contains(PosixFilePermission.OTHERS_READ);
            if (!allowed) {
                return false;
            }
        }
        return true;
    }

    boolean canExecute(Path shown, Path file) throws IOException {
        boolean executable = agentIsRoot
                ? Files.getPosixFilePermissions(file).contains(PosixFilePermission.OTHERS_EXECUTE)
                : Files.isExecutable(file);
        return executable && canRead(shown, file);
    }
}
