package io.sandrun.runtime.install;

/**
 * What became of an installation.
 *
 * @param reason a sentence; empty when it is installed
 * @param log what the installer printed, raw: bytes of strangers, never interpreted
 */
@SuppressWarnings("ArrayRecordComponent") // bytes of a guest: never compared, never a key
public record InstallReport(Outcome outcome, String reason, byte[] log) {
    /** How an installation ended. */
    public enum Outcome {
        INSTALLED,
        /** By what was required, or by a limit: it would fail again. */
        FAILED,
        /** The package index could not be reached from here: another node, or a later time, may do better. */
        INDEX_UNREACHABLE,
        /** This node met a fault of its own. */
        NODE_FAULT,
        CANCELLED
    }
}
