package io.sandrun.protocol;

/**
 * How long each phase of an attempt took at its node, milliseconds with at most 3 decimals.
 *
 * @param prepare until there was an empty sandbox; 0 where one was there already
 * @param start until the job's files were in it and its program was handed over
 * @param run until nothing of the program was left
 */
public record PhasesMs(double prepare, double start, double run) {
    private static final double NANOS_PER_MICRO = 1e3;
    private static final double MICROS_PER_MILLI = 1e3;

    public static PhasesMs ofNanos(long prepare, long start, long run) {
        return ofMicros(
                Math.round(prepare / NANOS_PER_MICRO),
                Math.round(start / NANOS_PER_MICRO),
                Math.round(run / NANOS_PER_MICRO));
    }

    public static PhasesMs ofMicros(long prepare, long start, long run) {
        return new PhasesMs(prepare / MICROS_PER_MILLI, start / MICROS_PER_MILLI, run / MICROS_PER_MILLI);
    }

    public long prepareMicros() {
        return Math.round(prepare * MICROS_PER_MILLI);
    }

    public long startMicros() {
        return Math.round(start * MICROS_PER_MILLI);
    }

    public long runMicros() {
        return Math.round(run * MICROS_PER_MILLI);
    }
}
