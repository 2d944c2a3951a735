package io.sandrun.broker.access;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * What waits or goes on under each API key, so that it ends with the key. What goes on without a key ends when the
 * broker begins to ask for them. Thread-safe.
 */
public final class OpenCalls {
    private static final String WITHOUT_KEY = "";

    private final AccessGate gate;
    private final Map<String, Set<Call>> byKey = new ConcurrentHashMap<>();

    public OpenCalls(Keys keys, AccessGate gate) {
        this.gate = gate;
        keys.whenEnded(this::end);
    }

    /** Something that goes on; to be closed when it is over. */
    public final class Call implements AutoCloseable {
        private final String key;
        private final Runnable end;

        private Call(String key, Runnable end) {
            this.key = key;
            this.end = end;
        }

        @Override
        public void close() {
            byKey.computeIfPresent(key, (id, calls) -> {
                calls.remove(this);
                return calls.isEmpty() ? null : calls;
            });
        }
    }

    /** @param end makes it end, from any thread; may come when it is over already, and before this returns */
    public Call open(Principal caller, Runnable end) {
        @Nullable String keyId = caller.keyId();
        Call call = new Call(keyId == null ? WITHOUT_KEY : keyId, end);
        byKey.compute(call.key, (id, calls) -> {
            Set<Call> all = calls == null ? ConcurrentHashMap.newKeySet() : calls;
            all.add(call);
            return all;
        });
        // That may have changed since the request was let in, and then nobody else would end this.
        if (!gate.isLive(caller)) {
            end.run();
        }
        return call;
    }

    private void end(String keyId) {
        List.copyOf(byKey.getOrDefault(keyId, Set.of())).forEach(call -> call.end.run());
    }

    /** To be called when a key was made: with the first one, what goes on without a key may have to end. */
    public void keyMade() {
        if (!gate.servesWithoutKey()) {
            end(WITHOUT_KEY);
        }
    }
}
