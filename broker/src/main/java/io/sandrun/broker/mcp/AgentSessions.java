package io.sandrun.broker.mcp;

import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/** The sessions of many callers, each its own caller's. Those that nobody uses go. Thread-safe. */
public final class AgentSessions implements AutoCloseable {
    private final LongSupplier nanoTime;
    private final Map<String, Held> sessions = new HashMap<>();

    private static final class Held {
        private final AgentSession session;
        private final String owner;
        private long usedNanos;

        Held(AgentSession session, String owner, long nowNanos) {
            this.session = session;
            this.owner = owner;
            this.usedNanos = nowNanos;
        }
    }

    /** @param nanoTime as {@link System#nanoTime} */
    public AgentSessions(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
    }

    /**
     * Keeps a session for its owner. An owner who has too many loses the one that was longest unused.
     *
     * @return whether there was room
     */
    public synchronized boolean add(AgentSession session, String owner) {
        dropUnused();
        List<Held> own = sessions.values().stream()
                .filter(held -> held.owner.equals(owner))
                .sorted(Comparator.comparingLong(held -> held.usedNanos))
                .toList();
        if (own.size() >= ToolLimits.SESSIONS_OF_CALLER) {
            drop(own.get(0));
        }
        if (sessions.size() >= ToolLimits.SESSIONS) {
            return false;
        }
        sessions.put(session.id(), new Held(session, owner, nanoTime.getAsLong()));
        return true;
    }

    /** A session of its owner; to all others there is none. */
    public synchronized Optional<AgentSession> find(String id, String owner) {
        Held held = sessions.get(id);
        if (held == null || !held.owner.equals(owner)) {
            return Optional.empty();
        }
        held.usedNanos = nanoTime.getAsLong();
        return Optional.of(held.session);
    }

    /** Ends a session and all that is on its way in it; answers whether there was one. */
    public synchronized boolean end(String id, String owner) {
        Optional<AgentSession> session = find(id, owner);
        session.ifPresent(found -> {
            sessions.remove(id);
            found.end();
        });
        return session.isPresent();
    }

    private void dropUnused() {
        long now = nanoTime.getAsLong();
        long idleNanos = TimeUnit.SECONDS.toNanos(ToolLimits.SESSION_IDLE_SECONDS);
        List.copyOf(sessions.values()).stream()
                .filter(held -> now - held.usedNanos > idleNanos && !held.session.isBusy())
                .forEach(this::drop);
    }

    private void drop(Held held) {
        sessions.remove(held.session.id());
        held.session.drop();
    }

    @Override
    public synchronized void close() {
        List.copyOf(sessions.values()).forEach(this::drop);
    }
}
