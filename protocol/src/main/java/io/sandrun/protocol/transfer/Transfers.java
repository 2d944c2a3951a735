package io.sandrun.protocol.transfer;

import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.ExecutionException;

/** Sends and receives large bodies. Thread-safe. */
public final class Transfers {
    /** How long nothing may move: a broker that checks a large archive is silent for that long at most. */
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    private final HttpClient http;

    public Transfers(HttpClient http) {
        this.http = http;
    }

    /**
     * Posts a form.
     *
     * @param request without its body, and without a timeout: it lasts as long as it moves
     * @return the answer, whatever its status
     * @throws IOException that of a file that cannot be read, or a {@link TransferStalledException}
     * @throws ExecutionException when the exchange failed
     */
    public HttpResponse<byte[]> post(HttpRequest.Builder request, MultipartForm form, Progress progress)
            throws IOException, ExecutionException {
        Movement movement = new Movement(progress, 0);
        movement.expect(0, form.fileBytes());
        HttpRequest whole = request.header("Content-Type", form.contentType())
                .POST(form.publisher(movement))
                .build();
        try {
            HttpResponse<byte[]> answer = movement.await(http.sendAsync(whole, BodyHandlers.ofByteArray()), PATIENCE);
            form.throwIfUnread();
            return answer;
        } catch (ExecutionException failed) {
            form.throwIfUnread();
            throw failed;
        }
    }

    /** A download into that file, see {@link Download}. */
    public Download download(HttpRequest request, Path target, Progress progress) {
        return new Download(http, request, target, progress, PATIENCE);
    }
}
