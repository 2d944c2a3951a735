package io.sandrun.broker.access;

import io.sandrun.broker.Quota;
import io.sandrun.broker.Refusal;
import io.sandrun.broker.store.KeyRow;
import io.sandrun.protocol.ErrorCode;
import io.sandrun.protocol.Role;
import io.sandrun.protocol.identity.ApiKey;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Tells on whose behalf a request comes, and whether that allows it.
 *
 * <p>Theory of operation: as long as a broker never had a key, whoever reaches it from its own machine may do
 * everything, and others, whom {@code --allow-anonymous} let in, may submit and work as nodes. From the first key on, a
 * request needs one, unless {@code --allow-anonymous} says otherwise; then those without may still submit and work, and
 * nothing more. What a proxy on this machine passes on is others', as far as the proxy says that it passes something
 * on. Thread-safe.
 */
public final class AccessGate {
    private final Keys keys;
    private final boolean allowAnonymous;
    private final Quota usual;

    /** @param usual what every key and every address may have, unless the key says otherwise */
    public AccessGate(Keys keys, boolean allowAnonymous, Quota usual) {
        this.usual = usual;
        this.keys = keys;
        this.allowAnonymous = allowAnonymous;
    }

    /**
     * @param shown the key that the request carries, or null
     * @param address where it comes from, as clients are told apart
     * @param isFromHere whether that is this machine, and nobody else's request is passed on
     * @param needed the role that it takes
     * @param what names the request for a refusal
     * @throws Refusal unless it may pass
     */
    public Principal admit(@Nullable ApiKey shown, String address, boolean isFromHere, Role needed, String what) {
        Principal caller = shown == null ? anonymous(address, isFromHere) : of(shown);
        if (caller.may(needed)) {
            return caller;
        }
        String has = caller.roles().stream().map(Role::wire).sorted().collect(Collectors.joining(" and "));
        throw new Refusal(
                ErrorCode.ROLE_REFUSED,
                caller.keyId() == null
                        ? what + " takes an API key of role " + needed.wire() + "."
                        : "This API key has the role " + has + ", and " + what + " takes " + needed.wire() + ".",
                Map.of("role", has, "needed", needed.wire()));
    }

    private Principal of(ApiKey shown) {
        Optional<KeyRow> found = keys.require(shown);
        if (found.isEmpty()) {
            return new Principal(shown.id(), Set.of(Role.NODE), shown.id(), shown.id(), Quota.UNLIMITED);
        }
        KeyRow key = found.get();
        String sees = switch (key.role()) {
            case ADMIN -> null;
            case READ -> key.reads();
            case SUBMIT, NODE -> key.id();
        };
        return new Principal(key.id(), Set.of(key.role()), sees, key.id(), usual.with(key.quota()));
    }

    private Principal anonymous(String address, boolean isFromHere) {
        if (!keys.areInUse() && isFromHere) {
            return new Principal(address, Set.of(Role.ADMIN, Role.NODE), null, null, Quota.UNLIMITED);
        }
        if (!allowAnonymous) {
            throw keyRequired();
        }
        return new Principal(address, Set.of(Role.SUBMIT, Role.NODE), address, null, usual);
    }

    private Refusal keyRequired() {
        return new Refusal(
                ErrorCode.KEY_REQUIRED,
                "This broker serves those who show an API key: send the header " + ApiKey.HEADER
                        + ", or with the command use --api-key-file or SANDRUN_API_KEY."
                        + (keys.areInUse()
                                ? ""
                                : " It has none yet, and so serves its own machine only, not what a proxy there "
                                        + "passes on: `sandrun key create` makes one."));
    }

    /** Whether whoever was admitted still is: the key may have ended since, or the first one come. */
    boolean isLive(Principal caller) {
        String id = caller.keyId();
        return id == null ? servesWithoutKey() : keys.isLive(id);
    }

    /** Whether whoever began without a key may go on. */
    boolean servesWithoutKey() {
        return allowAnonymous || !keys.areInUse();
    }

    /** @throws Refusal if what a request was admitted with opens nothing any more */
    public void requireLive(Principal caller) {
        if (!isLive(caller)) {
            String id = caller.keyId();
            throw id == null ? keyRequired() : Keys.ended(id, "has ended meanwhile");
        }
    }
}
