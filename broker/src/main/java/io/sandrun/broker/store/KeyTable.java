package io.sandrun.broker.store;

import io.sandrun.protocol.Role;
import java.util.List;

/** Verbs on API keys. */
public final class KeyTable {
    private final StoreConnection connection;

    KeyTable(StoreConnection connection) {
        this.connection = connection;
    }

    public void insert(KeyRow key) {
        connection
                .statement("key.insert")
                .bind("id", key.id())
                .bind("name", key.name())
                .bind("role", key.role().wire())
                .bind("secretSha256", key.secretSha256())
                .bind("reads", key.reads())
                .bind("createdAtMs", key.createdAtMs())
                .bind("expiresAtMs", key.expiresAtMs())
                .run();
    }

    /** In the order in which they were made. */
    public List<KeyRow> all() {
        return connection
                .statement("key.all")
                .list(row -> new KeyRow(
                        row.text("id"),
                        row.text("name"),
                        Role.named(row.text("role")).orElseThrow(),
                        row.text("secret_sha256"),
                        row.textOrNull("reads"),
                        row.whole("created_at_ms"),
                        row.wholeOrNull("expires_at_ms"),
                        row.wholeOrNull("revoked_at_ms")));
    }

    /** Answers false if it was revoked before, or there is none. */
    public boolean revoke(String id, long nowMs) {
        return connection
                        .statement("key.revoke")
                        .bind("id", id)
                        .bind("nowMs", nowMs)
                        .run()
                == 1;
    }
}
