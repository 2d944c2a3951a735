package io.sandrun.runtime.archive;

import java.io.IOException;
import java.util.zip.CRC32;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

/**
 * Inflates deflate streams (RFC 1951) out of an intake and leaves it right behind each. Checks nothing but the stream;
 * knows the checksum and the lengths that were met. One thread.
 */
final class Inflation implements AutoCloseable {
    private final Intake intake;
    private final Inflater inflater = new Inflater(true);
    private final CRC32 checksum = new CRC32();
    private long maxInputBytes;
    private long usedUp;

    Inflation(Intake intake) {
        this.intake = intake;
    }

    /** Begins the next stream, which may take so many bytes. */
    void begin(long maxBytes) {
        inflater.reset();
        checksum.reset();
        maxInputBytes = maxBytes;
        usedUp = 0;
    }

    /** Reads some bytes, at least one, or -1 at the end of the stream. */
    int read(byte[] into, int offset, int count) throws IOException {
        if (count == 0) {
            return 0;
        }
        while (true) {
            int produced = inflate(into, offset, count);
            intake.skip((int) (inflater.getBytesRead() - usedUp));
            usedUp = inflater.getBytesRead();
            if (produced > 0) {
                checksum.update(into, offset, produced);
                return produced;
            }
            if (inflater.finished()) {
                return -1;
            }
            feed();
        }
    }

    /** What is given stays in the intake until it is used up, so that nothing behind the stream is lost. */
    private void feed() throws IOException {
        if (inflater.needsDictionary() || usedUp >= maxInputBytes) {
            throw Intake.damaged("compressed data does not end where it should");
        }
        if (!intake.require(1)) {
            throw Intake.truncated();
        }
        int given = (int) Math.min(maxInputBytes - usedUp, intake.available());
        inflater.setInput(intake.buffer(), intake.bufferStart(), given);
    }

    private int inflate(byte[] into, int offset, int count) throws IOException {
        try {
            return inflater.inflate(into, offset, count);
        } catch (DataFormatException e) {
            throw Intake.damaged("compressed data is invalid");
        }
    }

    /** CRC-32 of what was inflated. */
    long checksum() {
        return checksum.getValue();
    }

    long inputBytes() {
        return inflater.getBytesRead();
    }

    long outputBytes() {
        return inflater.getBytesWritten();
    }

    @Override
    public void close() {
        inflater.end();
    }
}
