package io.sandrun.protocol;

import io.sandrun.protocol.identity.NodeCredentials;
import java.io.FileNotFoundException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandler;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Moves artifacts between a node and its broker, each under the lease of an attempt. Nothing is held in memory but a
 * few buffers. Thread-safe. Every transfer is one try.
 */
public final class ArtifactClient {
    private final String baseUrl;
    private final Answers answers;
    private final HttpClient http;
    private final Caller caller;

    /** @param credentials of the node, or null where the broker wants none */
    public ArtifactClient(BrokerAddress broker, @Nullable NodeCredentials credentials) {
        this.caller = new Caller(broker.apiKey(), credentials);
        this.baseUrl = Connections.base(broker.url());
        this.answers = new Answers(baseUrl);
        this.http = Connections.client(broker);
    }

    /**
     * Fetches an input of the lease's job.
     *
     * @param sink gets the bytes on a thread of this client; it has all of them when the transfer is over, but nobody
     *     has compared them with the digest
     */
    public ArtifactTransfer get(String sha256, String leaseId, ByteSink sink) {
        AtomicLong moved = new AtomicLong();
        BodyHandler<byte[]> body = answer -> answer.statusCode() == 200
                ? new SinkSubscriber(sink, moved)
                : BodyHandlers.ofByteArray().apply(answer);
        return new ArtifactTransfer(
                baseUrl,
                answers,
                http.sendAsync(request("GET", sha256, leaseId).GET().build(), body),
                moved);
    }

    /**
     * Stores an output of the lease's job. A refusal of a large one may show as a broken connection: this client sends
     * all before it listens, and asking first (Expect: 100-continue) makes the JDK's hang on a refusal.
     *
     * @throws FileNotFoundException if the file is not there
     */
    public ArtifactTransfer put(String sha256, String leaseId, Path file) throws FileNotFoundException {
        AtomicLong moved = new AtomicLong();
        HttpRequest request = request("PUT", sha256, leaseId)
                .header("Content-Type", "application/octet-stream")
                .PUT(new CountedBody(BodyPublishers.ofFile(file), moved))
                .build();
        return new ArtifactTransfer(baseUrl, answers, http.sendAsync(request, BodyHandlers.ofByteArray()), moved);
    }

    private HttpRequest.Builder request(String method, String sha256, String leaseId) {
        String path = Paths.ARTIFACTS + "/" + sha256 + "?lease=" + URLEncoder.encode(leaseId, StandardCharsets.UTF_8);
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(baseUrl + path));
        caller.identify(request::setHeader);
        caller.inSession(request::setHeader, method, path, Caller.NOTHING);
        return request;
    }
}
