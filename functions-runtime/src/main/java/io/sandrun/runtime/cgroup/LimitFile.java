package io.sandrun.runtime.cgroup;

import java.io.IOException;
import java.nio.file.Path;

/**
 * One limit of one group: written only when it changes, and read back, because a kernel may take a value and drop it.
 *
 * @param granularity the kernel rounds down by less than this
 */
record LimitFile(ControlFiles files, Path file, long granularity) {
    /** Memory limits are whole pages; no page of x86-64 or arm64 is larger. */
    private static final long LARGEST_PAGE_BYTES = 65_536;

    static LimitFile ofBytes(ControlFiles files, Path file) {
        return new LimitFile(files, file, LARGEST_PAGE_BYTES);
    }

    static LimitFile ofCount(ControlFiles files, Path file) {
        return new LimitFile(files, file, 1);
    }

    /** The present limit; {@code max} is the largest number. */
    long value() throws IOException {
        String text = files.read(file).strip();
        return text.equals("max") ? Long.MAX_VALUE : Long.parseLong(text);
    }

    void set(long wanted) throws IOException {
        if (isRounded(value(), wanted)) {
            return;
        }
        files.write(file, Long.toString(wanted));
        long got = value();
        if (!isRounded(got, wanted)) {
            throw new IOException(file + " is " + got + " after " + wanted + " was written");
        }
    }

    private boolean isRounded(long present, long wanted) {
        return present <= wanted && wanted - present < granularity;
    }
}
