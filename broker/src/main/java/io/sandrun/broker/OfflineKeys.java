package io.sandrun.broker;

import com.fasterxml.jackson.databind.JsonNode;
import io.sandrun.broker.access.KeyPage;
import io.sandrun.broker.access.Keys;
import io.sandrun.broker.access.NewKey;
import io.sandrun.broker.audit.AuditLog;
import io.sandrun.broker.store.Store;
import io.sandrun.broker.trust.ServiceIdentity;
import io.sandrun.protocol.ApiKeys;
import io.sandrun.protocol.Json;
import io.sandrun.protocol.KeyClient.Wish;
import io.sandrun.protocol.identity.NodeKey;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/**
 * The API keys of a broker that does not run: whoever may write its data may make the first key, before anybody can
 * reach it. Answers are those of the broker's own calls. For one thread.
 */
public final class OfflineKeys implements ApiKeys, AutoCloseable {
    /** Named in the audit log as who did it. */
    private static final String BY = "whoever has the data directory";

    private final DataDirectoryLock lock;
    private final Store store;
    private final Keys keys;
    private final AuditLog audit;

    private OfflineKeys(DataDirectoryLock lock, Store store, Keys keys, AuditLog audit) {
        this.lock = lock;
        this.store = store;
        this.audit = audit;
        this.keys = keys;
    }

    /** @throws DataDirectoryInUseException while a broker runs on this data */
    public static OfflineKeys open(Path dataDirectory) {
        DataDirectoryLock lock = DataDirectoryLock.take(dataDirectory);
        try {
            Clock clock = Clock.systemUTC();
            Store store = Store.open(dataDirectory.resolve(Broker.DATABASE), clock);
            NodeKey signer = ServiceIdentity.key(dataDirectory);
            AuditLog audit = AuditLog.open(dataDirectory.resolve(Broker.AUDIT), clock, signer);
            return new OfflineKeys(lock, store, new Keys(store, clock), audit);
        } catch (RuntimeException failed) {
            lock.close();
            throw failed;
        }
    }

    @Override
    public JsonNode create(Wish wish) throws IOException {
        JsonFields fields = JsonFields.parse(Json.bytes(wish.body()));
        return answer(() -> keys.create(NewKey.read(fields)).thenApply(made -> {
            audit.did("key_created", BY, new KeyPage(keys).one(made.row()));
            return new KeyPage(keys).made(made);
        }));
    }

    @Override
    public JsonNode list() throws IOException {
        return answer(() -> CompletableFuture.completedFuture(new KeyPage(keys).all()));
    }

    @Override
    public JsonNode revoke(String id) throws IOException {
        return answer(() -> keys.revoke(id).thenApply(row -> {
            audit.did("key_revoked", BY, new KeyPage(keys).one(row));
            return new KeyPage(keys).one(row);
        }));
    }

    private interface Call {
        CompletableFuture<?> make();
    }

    private static JsonNode answer(Call call) throws IOException {
        try {
            return Json.MAPPER.valueToTree(call.make().join());
        } catch (Refusal refused) {
            throw new IOException(refused.getMessage(), refused);
        } catch (CompletionException failed) {
            throw new IOException(failed.getCause());
        }
    }

    @Override
    public void close() {
        audit.close();
        store.close();
        lock.close();
    }
}
