package io.sandrun.runtime.sandbox;

/** What a person can do when no sandbox can be made: known causes, by the step that fails. */
final class Remedies {
    private Remedies() {}

    /** A sentence that follows the reason, or nothing. */
    static String of(String reason) {
        if (reason.contains("clone into new namespaces") || reason.contains("identity map")) {
            return " User namespaces must be allowed: see the sysctls user.max_user_namespaces,"
                    + " kernel.unprivileged_userns_clone and kernel.apparmor_restrict_unprivileged_userns, and the"
                    + " seccomp profile of the container that the agent runs in.";
        }
        if (reason.contains("make mounts private") || reason.contains("mount new root")) {
            return " Mounting in a user namespace must be allowed: see the sysctl"
                    + " kernel.apparmor_restrict_unprivileged_userns.";
        }
        if (reason.contains("'mount' (/proc)")) {
            return " Parts of the host's /proc are hidden, as in most containers; run the agent outside, or with an"
                    + " unmasked /proc.";
        }
        if (reason.contains("Function not implemented")) {
            return " Linux 5.12 or newer is needed.";
        }
        return "";
    }
}
