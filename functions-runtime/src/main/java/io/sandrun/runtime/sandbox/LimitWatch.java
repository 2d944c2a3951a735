package io.sandrun.runtime.sandbox;

import io.sandrun.runtime.Outcome;
import io.sandrun.runtime.RunLimits;
import io.sandrun.runtime.cgroup.Meter;
import io.sandrun.runtime.cgroup.Reading;
import io.sandrun.runtime.linux.LinuxException;
import java.time.Duration;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Compares what a run uses with what it may use. Time is an argument. One thread; see {@link Judgement} for what is
 * made of the evidence afterwards.
 */
final class LimitWatch {
    /** Bytes on the disk that the job has put there, and that are charged to it as memory. */
    interface Disk {
        long usedBytes() throws LinuxException;
    }

    /**
     * Refused forks that a program may cope with by itself: a thread pool gives up after the first, a build tool tries
     * each of its jobs again. Whoever does not stop there is a fork bomb, however long it sleeps in between.
     */
    private static final long REFUSALS_TOLERATED = 100;

    /**
     * Where no control group counts refused forks, the kernel refuses them only somewhat above the limit (see
     * SlotRunner): whoever is seen there this often has not stopped at the limit, and will not.
     */
    private static final int LOOKS_ABOVE_LIMIT = 10;

    private final RunLimits limits;
    private final Meter meter;
    private final Enforcement enforcement;
    private final Disk disk;
    private long startNanos;
    private Reading last = new Reading(0, 0, 0, 0, 0);
    private long memoryPeakBytes;
    private int processPeak;
    private int looksAboveProcessLimit;

    LimitWatch(RunLimits limits, Meter meter, Enforcement enforcement, Disk disk, long startNanos) {
        this.limits = limits;
        this.meter = meter;
        this.enforcement = enforcement;
        this.disk = disk;
        this.startNanos = startNanos;
    }

    /** The command's time begins when there is a place to run it. */
    void startNotBefore(long nanos) {
        startNanos = Math.max(startNanos, nanos);
    }

    long startNanos() {
        return startNanos;
    }

    /** Nanoseconds until the wall time is over; not positive when it is. */
    long remainingNanos(long nowNanos) {
        return limits.wallTime().toNanos() - (nowNanos - startNanos);
    }

    /** The time that is over, if it is: cheap, for every turn of the loop. */
    @Nullable
    Verdict checkWall(long nowNanos) {
        return remainingNanos(nowNanos) > 0
                ? null
                : new Verdict(
                        Outcome.TIMED_OUT, "The wall time limit of " + seconds(limits.wallTime()) + " was reached.");
    }

    @Nullable
    Verdict checkOutput(long totalBytes) {
        return totalBytes <= limits.outputTotalBytes()
                ? null
                : new Verdict(
                        Outcome.OUTPUT_LIMIT,
                        "The program wrote more than " + limits.outputTotalBytes() + " bytes of output.");
    }

    /** Reads the meter: for every tick. */
    @Nullable
    Verdict checkUsage() throws LinuxException {
        Reading reading = meter.read();
        long memoryBytes = ownMemory(reading);
        note(reading, memoryBytes);
        if (reading.cpuNanos() > limits.cpuTime().toNanos()) {
            return new Verdict(
                    Outcome.TIMED_OUT, "The CPU time limit of " + seconds(limits.cpuTime()) + " was reached.");
        }
        if (memoryBytes > limits.memoryBytes()) {
            return new Verdict(Outcome.OUT_OF_MEMORY, Judgement.outOfMemory(limits));
        }
        boolean stopsAtLimit = enforcement.countsForkRefusals()
                ? reading.forkRefusals() <= Math.max(REFUSALS_TOLERATED, limits.processes())
                : looksAboveProcessLimit < LOOKS_ABOVE_LIMIT;
        return stopsAtLimit ? null : new Verdict(Outcome.PROCESS_LIMIT, Judgement.processLimit(limits));
    }

    /** Reads the meter once more after the end, for what the last tick could not see. */
    void lookBack() throws LinuxException {
        Reading reading = meter.read();
        note(reading, ownMemory(reading));
    }

    /** A full disk is within the job's rights: where its pages are charged as memory, they are taken off again. */
    private long ownMemory(Reading reading) throws LinuxException {
        long onDisk = enforcement.chargesDiskAsMemory() ? disk.usedBytes() : 0;
        return Math.max(0, reading.memoryBytes() - onDisk);
    }

    private void note(Reading reading, long memoryBytes) {
        last = reading;
        memoryPeakBytes = Math.max(memoryPeakBytes, memoryBytes);
        int ofJob = reading.processes() - enforcement.ownProcesses();
        processPeak = Math.max(processPeak, ofJob);
        if (ofJob > limits.processes()) {
            looksAboveProcessLimit++;
        }
    }

    Reading last() {
        return last;
    }

    long memoryPeakBytes() {
        return memoryPeakBytes;
    }

    int processPeak() {
        return processPeak;
    }

    private static String seconds(Duration time) {
        return String.format(Locale.ROOT, "%.3f", time.toNanos() / 1e9).replaceAll("\\.?0+$", "") + " s";
    }
}
