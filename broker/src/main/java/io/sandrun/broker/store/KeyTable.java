package io.sandrun.broker.store;

import io.sandrun.broker.store.KeyRow.OwnQuota;
import io.sandrun.protocol.Role;
import java.sql.SQLException;
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
                        row.wholeOrNull("revoked_at_ms"),
                        quota(row)));
    }

    private static OwnQuota quota(Row row) throws SQLException {
        Long cpuMsPerMinute = row.wholeOrNull("cpu_ms_per_minute");
        return new OwnQuota(
                row.countOrNull("concurrent_jobs"),
                row.countOrNull("jobs_per_hour"),
                cpuMsPerMinute == null ? null : cpuMsPerMinute / 1000.0,
                row.wholeOrNull("stored_bytes"));
    }

    /** Answers false if there is no such key. */
    public boolean setQuota(String id, OwnQuota quota) {
        Double cpuSeconds = quota.cpuSecondsPerMinute();
        return connection
                        .statement("key.set_quota")
                        .bind("id", id)
                        .bind("concurrentJobs", quota.concurrentJobs())
                        .bind("jobsPerHour", quota.jobsPerHour())
                        .bind("cpuMsPerMinute", cpuSeconds == null ? null : Math.round(cpuSeconds * 1000))
                        .bind("storedBytes", quota.storedBytes())
                        .run()
                == 1;
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
