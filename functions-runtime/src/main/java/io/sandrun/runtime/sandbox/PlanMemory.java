package io.sandrun.runtime.sandbox;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The last plan of a slot, or of what is in it: most runs want the same file system, and looking the host over again
 * costs more than several of its mounts. Not thread-safe.
 */
final class PlanMemory {
    private static final int ID_OFFSET = 8;

    private final Identity identity;
    private final HostFiles host;
    private final Map<String, byte[]> planted;
    private Layout.@Nullable Wanted remembered;
    private byte[] plan = new byte[0];

    /** @param planted content of files that all of its sandboxes show */
    PlanMemory(Identity identity, HostFiles host, Map<String, byte[]> planted) {
        this.identity = identity;
        this.host = host;
        this.planted = planted;
    }

    /** The PREPARE message of a sandbox. */
    byte[] plan(long id, Layout.Wanted wanted) throws IOException {
        if (!wanted.equals(remembered)) {
            plan = Layout.plan(id, identity, wanted, host, planted);
            remembered = wanted;
        }
        byte[] message = plan.clone();
        ByteBuffer.wrap(message).order(ByteOrder.nativeOrder()).putLong(ID_OFFSET, id);
        return message;
    }

    /** Looks the host over again next time: it may have changed. */
    void forget() {
        remembered = null;
    }
}
