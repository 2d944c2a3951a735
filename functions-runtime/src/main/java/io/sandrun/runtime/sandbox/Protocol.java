package io.sandrun.runtime.sandbox;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * The words exchanged with sandbox-init. The twin of this page is {@code src/main/c/protocol.h}, and {@code plan.h}.
 */
final class Protocol {
    static final int PREPARE = 1;
    static final int GO = 2;
    static final int KILL = 3;
    static final int NURSE = 4;
    static final int AWAIT = 5;
    static final int COPY = 6;
    static final int SETTLE = 7;

    static final int STARTED = 16;
    static final int REFUSED = 17;
    static final int EXITED = 18;
    static final int SETTLED = 19;

    static final int PREPARED = 32;
    static final int FAILED = 33;
    static final int ENDED = 34;
    static final int DOOR = 35;
    static final int COPIED = 36;

    static final int IDENTITY = 1;
    static final int STAGE = 2;
    static final int DIRECTORY = 3;
    static final int SYMLINK = 4;
    static final int FILE = 5;
    static final int BIND = 6;
    static final int REBIND = 7;
    static final int MOUNT = 8;
    static final int SEAL = 9;
    static final int HOSTNAME = 10;
    static final int SHARE = 11;
    static final int OPEN_DOOR = 12;
    static final int VICTIM = 13;
    static final int UNMOUNT = 14;

    static final int USER = 32;
    static final int LIMIT = 33;
    static final int WORKDIR = 34;
    static final int ARGUMENT = 35;
    static final int VARIABLE = 36;
    static final int FILTER = 37;
    static final int NARROW = 38;

    /** The step whose failure means that the command itself cannot be executed. */
    static final String EXECUTE_STEP = "execute";

    private static final int STEP_BYTES = 48;
    private static final int DETAIL_BYTES = 192;

    private Protocol() {}

    /** Pid 1 of a sandbox exists. */
    record Started(int pid) {
        static Started read(ByteBuffer bytes) {
            return new Started(bytes.getInt(4));
        }
    }

    /** The file system is built: when, by the clock of {@link System#nanoTime}. */
    record Prepared(long nanos) {
        static Prepared read(ByteBuffer bytes) {
            return new Prepared(bytes.getLong(8));
        }
    }

    /** Nothing of the sandbox runs any more. */
    record Exited(long id, long cpuMicros, long residentSetBytes) {
        static Exited read(ByteBuffer bytes) {
            return new Exited(bytes.getLong(8), bytes.getLong(16), bytes.getLong(24));
        }
    }

    /** A step that did not work. What it says may be a zygote's own words. */
    record Failure(int errno, long id, String step, String detail) {
        static Failure read(ByteBuffer bytes) {
            return new Failure(
                    bytes.getInt(4),
                    bytes.getLong(8),
                    text(bytes, 16, STEP_BYTES),
                    text(bytes, 16 + STEP_BYTES, DETAIL_BYTES));
        }

        private static String text(ByteBuffer bytes, int offset, int length) {
            int end = offset;
            while (end < offset + length && bytes.get(end) != 0) {
                end++;
            }
            return Sentence.harmless(
                    new String(bytes.array(), bytes.arrayOffset() + offset, end - offset, StandardCharsets.UTF_8));
        }
    }

    /** The main process is over: signal is 0 when it exited; after a failure, how many others were still there. */
    record Ended(int code, int signal, int others) {
        static Ended read(ByteBuffer bytes) {
            return new Ended(bytes.getInt(4), bytes.getInt(8), bytes.getInt(12));
        }
    }
}
