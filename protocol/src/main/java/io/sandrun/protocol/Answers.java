package io.sandrun.protocol;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import io.sandrun.protocol.tls.CertificateRefusedException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/** Reads what one broker answered, or why it did not. Immutable, thread-safe. */
final class Answers {
    private final String baseUrl;

    /** @param baseUrl for messages */
    Answers(String baseUrl) {
        this.baseUrl = baseUrl;
    }

    /** @throws CompletionException of a {@link BrokerException} if it is an error */
    HttpResponse<byte[]> orThrow(HttpResponse<byte[]> answer) {
        if (answer.statusCode() / 100 == 2) {
            return answer;
        }
        throw new CompletionException(new BrokerException(answer.statusCode(), errorBody(answer)));
    }

    private ErrorBody errorBody(HttpResponse<byte[]> answer) {
        try {
            ErrorBody body = Json.MAPPER.readValue(answer.body(), ErrorBody.class);
            if (body != null && body.error() != null && body.code() != null) {
                return body;
            }
        } catch (IOException notOurShape) {
            // A proxy between us and the broker answers in its own shape: the status is all there is to tell.
        }
        String sentence = "%s answered HTTP %d, and not as a Sandrun broker does. Check the address."
                .formatted(baseUrl, answer.statusCode());
        return new ErrorBody(sentence, ErrorCode.INTERNAL.wire(), Map.of());
    }

    <T> T value(HttpResponse<byte[]> answer, Class<T> type) throws IOException {
        try {
            return requireNonNull(Json.MAPPER.readValue(answer.body(), type));
        } catch (JsonProcessingException broken) {
            throw new IOException(baseUrl + " answered something that is not of this version's protocol", broken);
        }
    }

    JsonNode tree(HttpResponse<byte[]> answer) throws IOException {
        try {
            JsonNode tree = Json.MAPPER.readTree(answer.body());
            return tree == null ? MissingNode.getInstance() : tree;
        } catch (JsonProcessingException broken) {
            throw new IOException(baseUrl + " answered something that is not JSON", broken);
        }
    }

    private <T> T requireNonNull(@Nullable T value) throws IOException {
        if (value == null) {
            throw new IOException(baseUrl + " answered null");
        }
        return value;
    }

    /** Why a call failed, as an exception whose message names the broker and says what to do. */
    IOException readable(@Nullable Throwable cause) {
        if (cause instanceof CompletionException wrapped && wrapped.getCause() != null) {
            return readable(wrapped.getCause());
        }
        if (cause instanceof BrokerException answered) {
            return answered;
        }
        if (cause instanceof ConnectException || cause instanceof UnknownHostException) {
            return new IOException("No broker answers at %s. Start one with `sandrun up`.".formatted(baseUrl), cause);
        }
        if (cause instanceof HttpTimeoutException || cause instanceof SocketTimeoutException) {
            return new IOException("The broker at %s did not answer in time.".formatted(baseUrl), cause);
        }
        if (cause instanceof SSLException) {
            return unencrypted(cause);
        }
        return new IOException("The call to the broker at %s failed: %s".formatted(baseUrl, cause), cause);
    }

    /** Why no encrypted connection came about. */
    private IOException unencrypted(Throwable failure) {
        Optional<CertificateRefusedException> refused = CertificateRefusedException.in(failure);
        if (refused.isPresent()) {
            return new IOException(
                    "The broker at %s is not trusted: %s"
                            .formatted(baseUrl, refused.get().getMessage()),
                    failure);
        }
        return new IOException(
                "No encrypted connection to %s (%s): if the broker has no TLS, its address begins with http://."
                        .formatted(baseUrl, failure.getMessage()),
                failure);
    }
}
