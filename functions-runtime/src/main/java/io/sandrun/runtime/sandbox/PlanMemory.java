package io.sandrun.runtime.sandbox;

import io.sandrun.runtime.RunLimits;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The last plan of a slot: most runs want the same file system, and looking the host over again costs more than several
 * of its mounts. Not thread-safe.
 */
final class PlanMemory {
    private record Wanted(long diskBytes, long diskInodes, List<Path> readOnlyPaths) {}

    private static final int ID_OFFSET = 8;

    private final Identity identity;
    private final HostFiles host;
    private @Nullable Wanted remembered;
    private byte[] plan = new byte[0];

    PlanMemory(Identity identity, HostFiles host) {
        this.identity = identity;
        this.host = host;
    }

    /** The PREPARE message of a sandbox. */
    byte[] plan(long id, RunLimits limits, List<Path> readOnlyPaths) throws IOException {
        Wanted wanted = new Wanted(limits.diskBytes(), limits.diskInodes(), readOnlyPaths);
        if (!wanted.equals(remembered)) {
            plan = Layout.plan(id, identity, limits, readOnlyPaths, host);
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
