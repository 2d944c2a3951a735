package io.sandrun.broker.mcp;

/** The bounds of what agents may do and are told, each with its unit and its reason. */
public final class ToolLimits {
    private static final int KIB = 1024;

    /** How long a call waits for its job unless it says so, seconds: clients give a call a minute. */
    static final double WAIT_SECONDS_DEFAULT = 25;

    /** The longest wait, seconds: below the minute after which common clients give up. */
    static final double WAIT_SECONDS_MAX = 50;

    /** How often a call that waits says how it goes, seconds. */
    static final double PROGRESS_SECONDS = 2;

    /** Of a program's standard output in one answer, bytes: some four thousand tokens of a model's context. */
    static final int STDOUT_BYTES = 16 * KIB;

    /** Of its standard error: a long traceback. */
    static final int STDERR_BYTES = 8 * KIB;

    /** Of a log or a text file in one answer unless the call says so, and at most; bytes. */
    static final int READ_BYTES_DEFAULT = 16 * KIB;

    static final int READ_BYTES_MAX = 128 * KIB;

    /** Of an image, bytes: what models take at most, in base64. */
    static final int IMAGE_BYTES = 3 * KIB * KIB;

    /** Files that are named in one answer: a list, and not a directory tree. */
    static final int FILES_NAMED = 100;

    /** Packages that are named of an environment. */
    static final int PACKAGES_NAMED = 40;

    /** Calls of one session at once: an agent that fans out. */
    static final int CALLS = 16;

    /** Jobs of one session that have not ended: beyond it a model has lost count. */
    static final int OPEN_JOBS = 32;

    /** Sessions of one caller; one more ends the one that was longest unused. */
    static final int SESSIONS_OF_CALLER = 32;

    /** Sessions in all: each takes some KiB while it is idle. */
    static final int SESSIONS = 2_000;

    /** How long a session may be unused, seconds: a conversation over lunch. */
    static final long SESSION_IDLE_SECONDS = 2 * 3_600;

    /** One message, bytes. No model writes as much, and read as JSON it takes several times its size of memory. */
    public static final int MESSAGE_BYTES = 8 * KIB * KIB;

    private ToolLimits() {}
}
