package io.sandrun.broker.access;

import io.sandrun.broker.Refusal;
import io.sandrun.broker.store.KeyRow;
import io.sandrun.broker.store.Store;
import io.sandrun.protocol.ErrorCode;
import io.sandrun.protocol.Limits;
import io.sandrun.protocol.identity.ApiKey;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The API keys: in the store for good, and in memory, where each request looks. Neither has more than their hashes.
 * Thread-safe.
 */
public final class Keys implements Runnable {
    private static final Logger LOG = LoggerFactory.getLogger(Keys.class);
    private static final double MS_PER_DAY = 86_400_000;

    /** How late it may be noticed that something goes on under a key whose time is over. */
    public static final Duration INTERVAL = Duration.ofSeconds(1);

    private final Store store;
    private final Clock clock;
    private final SecureRandom random = new SecureRandom();
    private final ApiKey ofLocalNode = ApiKey.generate(random);
    private final Map<String, Held> held = new ConcurrentHashMap<>();
    private final List<Consumer<String>> endListeners = new CopyOnWriteArrayList<>();

    public Keys(Store store, Clock clock) {
        this.store = store;
        this.clock = clock;
        store.read(tables -> tables.keys().all()).forEach(this::hold);
    }

    /** A key and what it is checked with. */
    private static final class Held {
        private final byte[] sha256;
        private volatile KeyRow row;
        private boolean endWasTold;

        Held(KeyRow row) {
            this.sha256 = HexFormat.of().parseHex(row.secretSha256());
            this.row = row;
        }

        /** Why it opens nothing, or null while it does. */
        @Nullable
        String end(long nowMs) {
            KeyRow now = row;
            return now.revokedAtMs() != null ? "was revoked" : now.hasExpired(nowMs) ? "has expired" : null;
        }
    }

    /** A key that was just made: the only time that its text is known. */
    public record Made(ApiKey key, KeyRow row) {}

    private void hold(KeyRow row) {
        held.put(row.id(), new Held(row));
    }

    /** Is told the id of each key that opens nothing any more; by any thread. For while the broker is put together. */
    public void whenEnded(Consumer<String> listener) {
        endListeners.add(listener);
    }

    /** The key of a node in this very process, which nobody else knows and nothing keeps. */
    public ApiKey ofLocalNode() {
        return ofLocalNode;
    }

    /** Whether there ever was one: from then on this broker knows its clients by keys. */
    public boolean areInUse() {
        return !held.isEmpty();
    }

    /**
     * The key that somebody shows.
     *
     * @return the key's row, or empty for that of the local node
     * @throws Refusal if it is none of ours, or opens nothing any more
     */
    Optional<KeyRow> require(ApiKey shown) {
        if (shown.equals(ofLocalNode)) {
            return Optional.empty();
        }
        Held known = held.get(shown.id());
        // Compared in a time that does not tell how much of it fits.
        if (known == null || !MessageDigest.isEqual(known.sha256, shown.sha256())) {
            throw new Refusal(
                    ErrorCode.KEY_INVALID,
                    "This is no API key of this broker. Ask whoever runs it for one (`sandrun key create`).");
        }
        String end = known.end(clock.millis());
        if (end != null) {
            throw ended(shown.id(), end);
        }
        return Optional.of(known.row);
    }

    /** Whether a key that was found still opens something. */
    boolean isLive(String id) {
        Held known = held.get(id);
        return known == null || known.end(clock.millis()) == null;
    }

    static Refusal ended(String id, String how) {
        return new Refusal(
                ErrorCode.KEY_ENDED,
                "The API key " + id + " " + how + ". Ask whoever runs this broker for another.",
                Map.of("key_id", id));
    }

    /** Makes a key; completes after the commit. */
    public CompletableFuture<Made> create(NewKey wish) {
        String reads = wish.reads();
        if (reads != null) {
            require(reads);
        }
        if (held.size() >= Limits.API_KEYS) {
            throw new Refusal(ErrorCode.RATE_LIMITED, "This broker remembers too many API keys already.");
        }
        ApiKey key = ApiKey.generate(random);
        long nowMs = clock.millis();
        Double days = wish.days();
        KeyRow row = new KeyRow(
                key.id(),
                wish.name(),
                wish.role(),
                HexFormat.of().formatHex(key.sha256()),
                reads,
                nowMs,
                days == null ? null : nowMs + Math.round(days * MS_PER_DAY),
                null,
                wish.quota());
        return store.write(
                tables -> {
                    tables.keys().insert(row);
                    tables.keys().setQuota(row.id(), row.quota());
                    return row;
                },
                written -> {
                    hold(written);
                    LOG.info(
                            "API key {} of role {} was made",
                            row.id(),
                            row.role().wire());
                    return new Made(key, row);
                });
    }

    /** In the order in which they were made. */
    public List<KeyRow> list() {
        return held.values().stream()
                .map(known -> known.row)
                .sorted(Comparator.comparingLong(KeyRow::createdAtMs).thenComparing(KeyRow::id))
                .toList();
    }

    /** {@code active}, {@code expired} or {@code revoked}. */
    public String state(KeyRow row) {
        return row.revokedAtMs() != null ? "revoked" : row.hasExpired(clock.millis()) ? "expired" : "active";
    }

    /**
     * Ends a key, at once: also what waits or goes on under it.
     *
     * @throws Refusal if there is none
     */
    public CompletableFuture<KeyRow> revoke(String id) {
        Held known = require(id);
        long nowMs = clock.millis();
        return store.write(tables -> tables.keys().revoke(id, nowMs), isFirst -> {
                    if (isFirst) {
                        known.row = known.row.revoked(nowMs);
                        LOG.info("API key {} was revoked", id);
                    }
                    return isFirst;
                })
                .thenApply(isFirst -> {
                    tellEnd(known);
                    return known.row;
                });
    }

    /**
     * Gives a key other limits than the usual ones, all four at once.
     *
     * @throws Refusal if there is none
     */
    public CompletableFuture<KeyRow> setQuota(String id, KeyRow.OwnQuota quota) {
        Held known = require(id);
        return store.write(tables -> tables.keys().setQuota(id, quota), done -> {
            known.row = known.row.withQuota(quota);
            return known.row;
        });
    }

    /** @throws Refusal if there is none */
    private Held require(String id) {
        Held known = held.get(id);
        if (known == null) {
            throw new Refusal(
                    ErrorCode.UNKNOWN_KEY,
                    "There is no API key with this id; see `sandrun key list`.",
                    Map.of("key_id", id));
        }
        return known;
    }

    private void tellEnd(Held known) {
        synchronized (known) {
            if (known.endWasTold) {
                return;
            }
            known.endWasTold = true;
        }
        endListeners.forEach(listener -> listener.accept(known.row.id()));
    }

    /** One look at those whose time is over, so that what goes on under them ends, too. */
    @Override
    public void run() {
        long nowMs = clock.millis();
        held.values().stream().filter(known -> known.end(nowMs) != null).forEach(this::tellEnd);
    }
}
