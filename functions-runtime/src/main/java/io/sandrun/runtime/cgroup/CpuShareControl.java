package io.sandrun.runtime.cgroup;

import java.io.IOException;
import java.nio.file.Path;

/** How many cores' time the processes of one group together may take: a quota of each period. */
record CpuShareControl(ControlFiles files, GroupDirectory group) {
    /**
     * The kernel's default. Shorter ones cost more switches, longer ones make a program that has used up its quota
     * stand still for longer.
     */
    private static final long PERIOD_MICROS = 100_000;

    /** The kernel takes no less. */
    private static final long SMALLEST_QUOTA_MICROS = 1_000;

    private static final String QUOTA_FILE = "cpu.cfs_quota_us";
    private static final String PERIOD_FILE = "cpu.cfs_period_us";

    void limit(double cores) throws IOException {
        long quotaMicros = Math.max(SMALLEST_QUOTA_MICROS, Math.round(cores * PERIOD_MICROS));
        if (group.version() == 1) {
            setSeparately(Math.min(quotaMicros, quotaOfAncestors()));
        } else {
            setBoth(quotaMicros);
        }
    }

    private void setSeparately(long quotaMicros) throws IOException {
        LimitFile.ofCount(files, group.directory().resolve(PERIOD_FILE)).set(PERIOD_MICROS);
        LimitFile.ofCount(files, group.directory().resolve(QUOTA_FILE)).set(quotaMicros);
    }

    /** Version 1 refuses a quota above that of a group further up; version 2 lets the lower one count. */
    private long quotaOfAncestors() throws IOException {
        long least = Long.MAX_VALUE;
        Path above = group.directory().getParent();
        while (above != null && files.exists(above.resolve(QUOTA_FILE))) {
            long quota = number(above.resolve(QUOTA_FILE));
            if (quota > 0) {
                least = Math.min(least, quota * PERIOD_MICROS / number(above.resolve(PERIOD_FILE)));
            }
            above = above.getParent();
        }
        return least;
    }

    private long number(Path file) throws IOException {
        return Long.parseLong(files.read(file).strip());
    }

    /** Version 2 has both numbers in one file. */
    private void setBoth(long quotaMicros) throws IOException {
        Path file = group.directory().resolve("cpu.max");
        String wanted = quotaMicros + " " + PERIOD_MICROS;
        if (files.read(file).strip().equals(wanted)) {
            return;
        }
        files.write(file, wanted);
        String got = files.read(file).strip();
        if (!got.equals(wanted)) {
            throw new IOException(file + " is " + got + " after " + wanted + " was written");
        }
    }
}
