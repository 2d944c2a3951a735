package io.sandrun.broker.access;

import io.sandrun.broker.Quota;
import io.sandrun.protocol.Role;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * On whose behalf a request is served: an API key's, or that of an address without one.
 *
 * @param client stands for it wherever jobs are told apart: the key's id, or the address
 * @param sees the client whose jobs it may look at; null for everybody's
 * @param keyId null without a key
 * @param quota how much it may have
 */
public record Principal(
        String client,
        Set<Role> roles,
        @Nullable String sees,
        @Nullable String keyId,
        Quota quota) {
    public Principal {
        roles = Set.copyOf(roles);
    }

    public boolean may(Role needed) {
        return roles.stream().anyMatch(role -> role.includes(needed));
    }

    /** Whether it may know of everybody's jobs. */
    public boolean seesAll() {
        return sees == null;
    }

    /** Whether it may know of the jobs of a client. */
    public boolean seesJobsOf(String owner) {
        return sees == null || sees.equals(owner);
    }
}
