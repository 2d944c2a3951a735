package io.sandrun.protocol;

import io.sandrun.protocol.identity.ApiKey;
import io.sandrun.protocol.identity.NodeCredentials;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Who sends requests, as they say it in their headers: never in their address, which ends up in logs.
 *
 * @param apiKey shown with each; null where the broker wants none
 * @param credentials of the node in whose session they are; null for a client
 */
record Caller(@Nullable ApiKey apiKey, @Nullable NodeCredentials credentials) {
    static final String AUTHORIZATION = "Authorization";

    /** The body, as far as a session's seal is concerned, of a request that has none or streams it. */
    static final byte[] NOTHING = {};

    /** Shows the key. */
    void identify(BiConsumer<String, String> header) {
        if (apiKey != null) {
            header.accept(ApiKey.HEADER, apiKey.text());
        }
    }

    /** Says that a request is in the node's session, where there is one. To be sent once. */
    void inSession(BiConsumer<String, String> header, String method, String pathAndQuery, byte[] body) {
        if (credentials != null) {
            credentials
                    .inSession(method, pathAndQuery, body)
                    .ifPresent(session -> header.accept(AUTHORIZATION, session));
        }
    }
}
