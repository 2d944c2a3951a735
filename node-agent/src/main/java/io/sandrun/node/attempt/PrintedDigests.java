package io.sandrun.node.attempt;

import io.sandrun.protocol.identity.Digest;
import io.sandrun.protocol.log.LogStream;
import java.security.MessageDigest;
import java.util.EnumMap;
import java.util.HexFormat;
import java.util.Map;

/** The digests of all that a program prints, also of what is not kept. One thread, that of the slot. */
final class PrintedDigests {
    private final Map<LogStream, MessageDigest> running = new EnumMap<>(LogStream.class);

    void add(LogStream stream, byte[] bytes) {
        running.computeIfAbsent(stream, first -> Digest.sha256()).update(bytes);
    }

    /** Of what came so far, hex. Nothing may come after it. */
    String end(LogStream stream) {
        MessageDigest digest = running.get(stream);
        return digest == null ? Digest.OF_NOTHING : HexFormat.of().formatHex(digest.digest());
    }
}
