package io.sandrun.runtime.sandbox;

import java.util.Map;

/**
 * What every zygote is made of, beside its interpreter; read by it as files. Immutable.
 *
 * @param library zygote.so
 * @param script hatch.py
 * @param hatched hatched.py
 * @param rehearsal rehearsal.py
 */
@SuppressWarnings("ArrayRecordComponent") // held, never compared
public record ZygoteFiles(byte[] library, byte[] script, byte[] hatched, byte[] rehearsal) {
    static final String LIBRARY = Layout.EMPTY_DIRECTORY + "/zygote.so";

    /** {@code ZYGOTE_SCRIPT} of protocol.h. */
    static final String SCRIPT = Layout.EMPTY_DIRECTORY + "/hatch.py";

    /** {@code HATCHED_SCRIPT} of protocol.h. */
    private static final String HATCHED = Layout.EMPTY_DIRECTORY + "/hatched.py";

    /** {@code REHEARSAL_SCRIPT} of protocol.h. */
    private static final String REHEARSAL = Layout.EMPTY_DIRECTORY + "/rehearsal.py";

    /** By where a sandbox has them. */
    Map<String, byte[]> inside() {
        return Map.of(LIBRARY, library, SCRIPT, script, HATCHED, hatched, REHEARSAL, rehearsal);
    }
}
