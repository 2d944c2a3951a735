package io.sandrun.broker.http;

import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The Idempotency-Keys of submits that are not decided yet: one that is sent again meanwhile waits for the first, so
 * that it finds that one's jobs and needs no places of its own. Holds as many as there are such submits. Thread-safe.
 */
final class KeysInUse {
    private final Map<Name, CompletableFuture<Void>> lastOf = new ConcurrentHashMap<>();
    private final Executor blocking;

    /** Keys are a client's own. */
    private record Name(String client, String key) {}

    /** @param blocking runs the submits that have waited */
    KeysInUse(Executor blocking) {
        this.blocking = blocking;
    }

    /**
     * Submits when all submits that came under the same key are decided; at once, by this thread, where there are none.
     *
     * @param key null for a submit without one, which waits for nobody
     * @return what the submit comes to; a refusal that it throws fails this
     */
    <T> CompletableFuture<T> inTurn(String client, @Nullable String key, Supplier<CompletableFuture<T>> submit) {
        if (key == null) {
            return submit.get();
        }
        Name name = new Name(client, key);
        CompletableFuture<Void> decided = new CompletableFuture<>();
        CompletableFuture<Void> before = lastOf.put(name, decided);
        CompletableFuture<T> answer = before == null
                ? CompletableFuture.completedFuture(null).thenCompose(now -> submit.get())
                : before.thenComposeAsync(now -> submit.get(), blocking);
        return answer.whenComplete((done, failure) -> {
            lastOf.remove(name, decided);
            decided.complete(null);
        });
    }
}
