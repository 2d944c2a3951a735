package io.sandrun.protocol;

import io.sandrun.protocol.identity.ApiKey;
import io.sandrun.protocol.identity.NodeCredentials;
import io.sandrun.protocol.identity.SealedRequest;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.util.concurrent.CompletionException;
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

    /** The body, as far as a session's seal is concerned, of a request that has none or streams what its path names. */
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

    /**
     * Passes on what the broker answered to a request of the node's session. Errors may come from somebody between, who
     * has no secret: they are believed, since whoever is there can cut the node off anyway.
     *
     * @throws CompletionException if another made the answer, or it was changed on its way
     */
    HttpResponse<byte[]> ofBroker(HttpResponse<byte[]> answer) {
        boolean isSuccess = answer.statusCode() / 100 == 2;
        if (credentials == null || !isSuccess || isVouchedFor(credentials, answer)) {
            return answer;
        }
        throw new CompletionException(new IOException(
                "An answer without the seal of the broker's session with this node: it was changed on its way."));
    }

    private static boolean isVouchedFor(NodeCredentials credentials, HttpResponse<byte[]> answer) {
        return credentials.vouchesFor(
                answer.request().headers().firstValue(AUTHORIZATION).orElse(""),
                answer.statusCode(),
                answer.body(),
                answer.headers().firstValue(SealedRequest.ANSWER_HEADER).orElse(null));
    }
}
