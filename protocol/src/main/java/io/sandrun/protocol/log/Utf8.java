package io.sandrun.protocol.log;

/** Where a text may be cut. */
public final class Utf8 {
    /** The longest character. */
    private static final int LONGEST = 4;

    private Utf8() {}

    /**
     * How many of the first {@code length} bytes end with a whole character: fewer only if the last ones are the
     * beginning of one. Bytes that are not UTF-8 count as whole.
     */
    public static int wholeLength(byte[] bytes, int length) {
        for (int back = 1; back < LONGEST && back <= length; back++) {
            int last = bytes[length - back] & 0xff;
            if (last < 0x80 || last >= 0xc0) {
                return sizeOf(last) > back ? length - back : length;
            }
        }
        return length;
    }

    /** Bytes of the character that begins so. */
    private static int sizeOf(int first) {
        if (first < 0xc2 || first > 0xf4) {
            return 1;
        }
        return first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
    }
}
