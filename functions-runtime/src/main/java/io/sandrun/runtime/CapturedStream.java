package io.sandrun.runtime;

/**
 * The beginning of an output stream.
 *
 * @param bytes what was kept, raw: a guest's bytes are never interpreted here
 * @param totalBytes what was written in all, as far as it was read
 */
@SuppressWarnings("ArrayRecordComponent") // bytes of a guest: never compared, never a key
public record CapturedStream(byte[] bytes, long totalBytes) {
    public static final CapturedStream EMPTY = new CapturedStream(new byte[0], 0);

    /** Whether the command wrote more than was kept. */
    public boolean truncated() {
        return totalBytes > bytes.length;
    }
}
