package io.sandrun.runtime.cgroup;

import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Names a process by pid and start time, so that a later process with the same pid is not taken for it. */
final class ProcessName {
    private static final Pattern FORM = Pattern.compile("(\\d{1,10})-(\\d{1,18})(?:\\D.*)?");

    private static final AtomicInteger AGENTS = new AtomicInteger();

    private ProcessName() {}

    static String ofNextAgent(Path proc) {
        long pid = ProcessHandle.current().pid();
        long startTicks = ProcessStat.of(proc, pid).map(ProcessStat::startTicks).orElse(0L);
        return pid + "-" + startTicks + "." + AGENTS.incrementAndGet();
    }

    /** Whether a name was made here for a process that has ended; names of another form are nobody's to judge. */
    static boolean isOfGoneProcess(Path proc, String name) {
        Matcher matcher = FORM.matcher(name);
        if (!matcher.matches()) {
            return false;
        }
        long startTicks = Long.parseLong(matcher.group(2));
        return ProcessStat.of(proc, Long.parseLong(matcher.group(1)))
                .filter(stat -> stat.startTicks() == startTicks)
                .isEmpty();
    }
}
