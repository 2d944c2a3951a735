package io.sandrun.runtime.cgroup;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * What {@code /proc/PID/stat} says of a process (numbering of {@code proc(5)}).
 *
 * @param cpuTicks user and system time, its own and that of the children that it has waited for
 * @param startTicks since boot
 */
record ProcessStat(long pid, long parentPid, long cpuTicks, int threads, long startTicks) {
    /** Nothing if the process is gone. */
    static Optional<ProcessStat> of(Path proc, long pid) {
        try {
            // A program may name itself in any bytes.
            String text =
                    Files.readString(proc.resolve(Long.toString(pid)).resolve("stat"), StandardCharsets.ISO_8859_1);
            return Optional.of(parse(pid, text));
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    /** The name in parentheses may itself contain parentheses and blanks, so fields are counted from the last one. */
    static ProcessStat parse(long pid, String text) {
        String[] fromThirdField =
                text.substring(text.lastIndexOf(')') + 2).strip().split(" ", -1);
        long cpuTicks = 0;
        for (int field = 14; field <= 17; field++) {
            cpuTicks += Long.parseLong(fromThirdField[field - 3]);
        }
        return new ProcessStat(
                pid,
                Long.parseLong(fromThirdField[4 - 3]),
                cpuTicks,
                Integer.parseInt(fromThirdField[20 - 3]),
                Long.parseLong(fromThirdField[22 - 3]));
    }
}
