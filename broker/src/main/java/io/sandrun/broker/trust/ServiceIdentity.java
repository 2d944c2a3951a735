package io.sandrun.broker.trust;

import io.sandrun.protocol.identity.NodeKey;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;

/** Who the broker itself is: a key of its own among its data, made on its first start. */
public final class ServiceIdentity {
    private static final String FILE = "broker.pem";

    private ServiceIdentity() {}

    /**
     * The broker's public key as {@code worker_id} is written.
     *
     * @throws UncheckedIOException if the key cannot be read or made; its message says what to do
     */
    public static String id(Path dataDirectory) {
        return key(dataDirectory).workerId();
    }

    /**
     * The key itself, with which the broker signs.
     *
     * @throws UncheckedIOException if it cannot be read or made; its message says what to do
     */
    public static NodeKey key(Path dataDirectory) {
        try {
            return NodeKey.loadOrCreate(dataDirectory.resolve(FILE));
        } catch (IOException unusable) {
            throw new UncheckedIOException(unusable);
        }
    }
}
