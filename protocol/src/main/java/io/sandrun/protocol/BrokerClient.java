package io.sandrun.protocol;

import com.fasterxml.jackson.databind.JsonNode;
import io.sandrun.protocol.NodeMessages.Claim;
import io.sandrun.protocol.NodeMessages.Claimed;
import io.sandrun.protocol.NodeMessages.ClaimedJob;
import io.sandrun.protocol.NodeMessages.Complete;
import io.sandrun.protocol.NodeMessages.CompleteAndClaim;
import io.sandrun.protocol.NodeMessages.CompleteAnswer;
import io.sandrun.protocol.NodeMessages.Heartbeat;
import io.sandrun.protocol.NodeMessages.HeartbeatAnswer;
import io.sandrun.protocol.NodeMessages.NextClaim;
import io.sandrun.protocol.NodeMessages.Register;
import io.sandrun.protocol.NodeMessages.Registered;
import io.sandrun.protocol.NodeMessages.Release;
import io.sandrun.protocol.NodeMessages.Renew;
import io.sandrun.protocol.identity.NodeCredentials;
import io.sandrun.protocol.identity.SessionSecret;
import io.sandrun.protocol.log.LogAnswers;
import io.sandrun.protocol.log.LogBatch;
import io.sandrun.protocol.log.LogPage;
import io.sandrun.protocol.log.LogPart;
import io.sandrun.protocol.log.LogStream;
import io.sandrun.protocol.transfer.MultipartForm;
import io.sandrun.protocol.transfer.Progress;
import io.sandrun.protocol.transfer.UploadFile;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.WebSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Speaks to one broker. Thread-safe. Every call has a timeout; an error that the broker answered is a {@link
 * BrokerException}, everything else that goes wrong a plain {@link IOException} whose message names the broker.
 */
public final class BrokerClient {
    private static final String IDEMPOTENCY_KEY = "Idempotency-Key";

    private final Exchange exchange;
    private final @Nullable NodeCredentials credentials;

    /** @param url the broker's address, {@code http://host:port}; a path is kept as a prefix */
    public BrokerClient(URI url) {
        this(BrokerAddress.of(url), null);
    }

    /** @param credentials of the node in whose name it calls, or null for a client */
    public BrokerClient(BrokerAddress broker, @Nullable NodeCredentials credentials) {
        this.credentials = credentials;
        this.exchange = new Exchange(broker, credentials);
    }

    /** What carries its requests, for clients of other themes. */
    Exchange exchange() {
        return exchange;
    }

    public String url() {
        return exchange.baseUrl();
    }

    public JsonNode health(Duration timeout) throws IOException {
        return exchange.tree(exchange.get(Paths.HEALTH, timeout.toMillis() / 1e3));
    }

    /** @param body the fields of {@code POST /submit} */
    public JsonNode submit(JsonNode body) throws IOException {
        return exchange.tree(exchange.post(Paths.SUBMIT, body, Exchange.ANSWER_SECONDS));
    }

    /**
     * Likewise; may be sent again until it is answered, since the same key and body give the same job.
     *
     * @param idempotencyKey 1 to 255 printable ASCII characters that stand for this one request
     */
    public JsonNode submit(JsonNode body, String idempotencyKey) throws IOException {
        HttpRequest request = HttpRequest.newBuilder(
                        exchange.post(Paths.SUBMIT, body, Exchange.ANSWER_SECONDS), (name, value) -> true)
                .header(IDEMPOTENCY_KEY, idempotencyKey)
                .build();
        return exchange.tree(request);
    }

    /**
     * Submits a project.
     *
     * @param manifest its fields; what it does not say stands in the files' own {@code job.json}, or is a default
     * @param files an archive, or several files with their paths; read while they are sent
     * @throws IOException also that of a file that cannot be read
     */
    public JsonNode submit(JsonNode manifest, List<UploadFile> files, Progress progress) throws IOException {
        return submit(manifest, files, progress, null);
    }

    /** Likewise; under a key it may be sent again until it is answered. */
    public JsonNode submit(
            JsonNode manifest, List<UploadFile> files, Progress progress, @Nullable String idempotencyKey)
            throws IOException {
        MultipartForm form = new MultipartForm().text("manifest", "application/json", Json.write(manifest));
        files.forEach(file -> form.file("files", file));
        HttpRequest.Builder request = exchange.untimed(Paths.SUBMIT);
        if (idempotencyKey != null) {
            request.header(IDEMPOTENCY_KEY, idempotencyKey);
        }
        return exchange.tree(request, form, progress);
    }

    /** What a job has left behind, see {@link #download}. */
    public JsonNode outputs(String jobId) throws IOException {
        return exchange.tree(exchange.get(Paths.OUTPUTS + "/" + Exchange.segment(jobId), Exchange.ANSWER_SECONDS));
    }

    /**
     * Fetches outputs into a file, whose earlier content is lost. A connection that breaks is resumed.
     *
     * @param path of one output, or null for a tar.gz of all
     */
    public void download(String jobId, @Nullable String path, Path target, Progress progress) throws IOException {
        String place =
                Paths.DOWNLOAD + "/" + Exchange.segment(jobId) + (path == null ? "" : "/" + Exchange.segments(path));
        HttpRequest request =
                exchange.untimed(place).setHeader("Accept", "*/*").GET().build();
        exchange.download(request, target, progress);
    }

    /** Bytes of one output, fewer at its end. */
    public byte[] outputBytes(String jobId, String path, long offset, int limit) throws IOException {
        String place = Paths.OUTPUTS + "/" + Exchange.segment(jobId) + "/" + Exchange.segments(path);
        HttpRequest request = exchange.request(place, Exchange.ANSWER_SECONDS)
                .setHeader("Accept", "*/*")
                .header("Range", "bytes=%d-%d".formatted(offset, offset + limit - 1))
                .GET()
                .build();
        try {
            return exchange.call(request).body();
        } catch (BrokerException refused) {
            if (refused.is(ErrorCode.RANGE_NOT_SATISFIABLE)) {
                return new byte[0];
            }
            throw refused;
        }
    }

    /** The environments that live nodes have. */
    public JsonNode environments() throws IOException {
        return exchange.tree(exchange.get(Paths.ENVIRONMENTS, Exchange.ANSWER_SECONDS));
    }

    public JsonNode status(String jobId, double waitSeconds) throws IOException {
        return exchange.tree(
                exchange.get(waiting(Paths.STATUS, jobId, waitSeconds), Exchange.ANSWER_SECONDS + waitSeconds));
    }

    /** The result of a job, or empty if it has none after {@code waitSeconds}. */
    public Optional<JobResult> result(String jobId, double waitSeconds) throws IOException {
        return ofEnded(Paths.RESULTS, jobId, waitSeconds, JobResult.class);
    }

    /** The node's signed account of a job, or empty if it has not ended after {@code waitSeconds}. */
    public Optional<JsonNode> receipt(String jobId, double waitSeconds) throws IOException {
        return ofEnded(Paths.RECEIPTS, jobId, waitSeconds, JsonNode.class);
    }

    private <T> Optional<T> ofEnded(String path, String jobId, double waitSeconds, Class<T> type) throws IOException {
        HttpResponse<byte[]> answer =
                exchange.call(exchange.get(waiting(path, jobId, waitSeconds), Exchange.ANSWER_SECONDS + waitSeconds));
        return answer.statusCode() == ErrorCode.NOT_FINISHED.httpStatus()
                ? Optional.empty()
                : Optional.of(exchange.value(answer, type));
    }

    public JsonNode cancel(String jobId) throws IOException {
        return exchange.tree(
                exchange.post(Paths.CANCEL + "/" + Exchange.segment(jobId), Map.of(), Exchange.ANSWER_SECONDS));
    }

    /** Submits a job once more; the answer is that of a submit. */
    public JsonNode rerun(String jobId) throws IOException {
        String path = Paths.JOBS + "/" + Exchange.segment(jobId) + Paths.RERUN;
        return exchange.tree(exchange.post(path, Map.of(), Exchange.ANSWER_SECONDS));
    }

    /** The workers of the pool, and how busy they are. */
    public JsonNode pool() throws IOException {
        return exchange.tree(exchange.get(Paths.POOL, Exchange.ANSWER_SECONDS));
    }

    /** What the caller has of its quota, and how busy the broker is. */
    public JsonNode stats() throws IOException {
        return exchange.tree(exchange.get(Paths.STATS, Exchange.ANSWER_SECONDS));
    }

    public JsonNode nodes() throws IOException {
        return exchange.tree(exchange.get(Paths.NODES, Exchange.ANSWER_SECONDS));
    }

    /** @param query parameters of {@code GET /jobs} and their values, in any number and order */
    public JsonNode jobs(List<Map.Entry<String, String>> query) throws IOException {
        String parameters = query.stream()
                .map(parameter -> Exchange.segment(parameter.getKey()) + "=" + Exchange.segment(parameter.getValue()))
                .collect(Collectors.joining("&"));
        return exchange.tree(
                exchange.get(Paths.JOBS + (parameters.isEmpty() ? "" : "?" + parameters), Exchange.ANSWER_SECONDS));
    }

    /** Takes a node out of service, or puts it back. */
    public JsonNode drain(String nodeId, boolean undo) throws IOException {
        return toNode(nodeId, undo ? Paths.UNDRAIN : Paths.DRAIN);
    }

    /** Gives a node that was caught lying or failing another chance. */
    public JsonNode forgive(String nodeId) throws IOException {
        return toNode(nodeId, Paths.FORGIVE);
    }

    private JsonNode toNode(String nodeId, String end) throws IOException {
        String path = Paths.NODES + "/" + Exchange.segment(nodeId) + end;
        return exchange.tree(exchange.post(path, Map.of(), Exchange.ANSWER_SECONDS));
    }

    /** Signed, and the session that it opens is used from then on, where there are credentials. */
    public Registered register(Register message) throws IOException {
        SessionSecret.Half half = SessionSecret.half();
        return entered(Paths.REGISTER, message.with(half.publicHalf()), half);
    }

    /** Opens another session of a node that is registered; needs credentials. */
    public Registered renew(Renew message) throws IOException {
        SessionSecret.Half half = SessionSecret.half();
        return entered(Paths.SESSION, message.with(half.publicHalf()), half);
    }

    private Registered entered(String path, Object message, SessionSecret.Half half) throws IOException {
        byte[] body = Json.bytes(message);
        Registered registered;
        try {
            registered = signedPost(path, body);
        } catch (BrokerException refused) {
            if (credentials == null || !credentials.follow(refused)) {
                throw refused;
            }
            registered = signedPost(path, body);
        }
        if (credentials != null) {
            credentials.enter(registered.session(), half);
        }
        return registered;
    }

    private Registered signedPost(String path, byte[] body) throws IOException {
        HttpRequest.Builder request = exchange.request(path, Exchange.ANSWER_SECONDS)
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofByteArray(body));
        if (credentials != null) {
            request.setHeader(Caller.AUTHORIZATION, credentials.signed("POST", path, body));
        }
        return exchange.value(request.build(), Registered.class);
    }

    /** Parks at the broker for the wait that the message names, or until there is something to say. */
    public CompletableFuture<HeartbeatAnswer> heartbeat(Heartbeat message) {
        return exchange.postLater(
                Paths.HEARTBEAT, message, Exchange.ANSWER_SECONDS + message.waitSeconds(), HeartbeatAnswer.class);
    }

    /** Parks at the broker until a job fits or the claim's wait is over; cancelling the future gives the claim up. */
    public CompletableFuture<Claimed> claim(Claim message) {
        return exchange.postLater(Paths.CLAIM, message, Exchange.ANSWER_SECONDS + message.waitSeconds(), Claimed.class);
    }

    /** Returns once the outcome is durable at the broker. */
    public void complete(Complete message) throws IOException {
        exchange.postNow(Paths.COMPLETE, message);
    }

    /**
     * Likewise, and claims a place for the job that is to follow.
     *
     * @return that job, if one waited that the node can serve and the broker knows of such claims
     */
    public Optional<ClaimedJob> completeAndClaim(Complete message) throws IOException {
        CompleteAndClaim claiming = new CompleteAndClaim(message, new NextClaim(1));
        return exchange.value(exchange.postNow(Paths.COMPLETE, claiming), CompleteAnswer.class)
                .next();
    }

    /**
     * Sends pieces of the logs of attempts that go on.
     *
     * @return what the broker has of each now, or why it takes none
     */
    public LogAnswers appendLogs(String nodeId, LogBatch batch) throws IOException {
        String path = Paths.LOGS + "?node_id=" + Exchange.segment(nodeId);
        byte[] body = batch.bytes();
        HttpRequest.Builder request = exchange.request(path, Exchange.ANSWER_SECONDS)
                .header("Content-Type", "application/octet-stream")
                .POST(BodyPublishers.ofByteArray(body));
        exchange.caller().inSession(request::setHeader, "POST", path, body);
        return exchange.value(request.build(), LogAnswers.class);
    }

    /**
     * The log of a job from an offset on, as much of it as goes into one answer.
     *
     * @param stream the only one that is wanted, or null for the whole log
     */
    public LogPage log(String jobId, @Nullable LogStream stream, long offset) throws IOException {
        String path = "%s/%s?format=json&offset=%d%s"
                .formatted(
                        Paths.LOGS, Exchange.segment(jobId), offset, stream == null ? "" : "&stream=" + stream.wire());
        return exchange.value(exchange.get(path, Exchange.ANSWER_SECONDS), LogPage.class);
    }

    /**
     * Bytes of a job's log as they were printed, fewer at the end that it has now.
     *
     * @param stream the only one that is wanted and that the offset counts, or null for the whole log
     */
    public byte[] logBytes(String jobId, @Nullable LogStream stream, long offset, int limit) throws IOException {
        String path = "%s/%s?format=text&offset=%d&limit=%d%s"
                .formatted(
                        Paths.LOGS,
                        Exchange.segment(jobId),
                        offset,
                        limit,
                        stream == null ? "" : "&stream=" + stream.wire());
        return exchange.call(exchange.get(path, Exchange.ANSWER_SECONDS)).body();
    }

    /**
     * Follows the log of a job to its end: from an offset on what is there, then what comes. A connection that is lost
     * is opened again where it was.
     *
     * @param stream the only one that is wanted, or null for the whole log
     * @param each is given the parts, by this thread; a part of a later attempt begins at offset 0 again
     * @throws IOException if there is no such job, or the broker cannot be reached for a minute
     */
    public void followLog(String jobId, @Nullable LogStream stream, long offset, Consumer<LogPart> each)
            throws IOException {
        new LogFollower(this, jobId, stream, offset).follow(each);
    }

    CompletableFuture<WebSocket> watch(String jobId, String query, WebSocket.Listener listener) {
        return exchange.socket(Paths.LOGS + "/" + Exchange.segment(jobId) + Paths.STREAM + "?" + query, listener);
    }

    public void release(Release message) throws IOException {
        exchange.postNow(Paths.RELEASE, message);
    }

    /** Opens a connection that shows the broker that a node is there; it belongs to whoever gets it. */
    public CompletableFuture<PresenceConnection> presence(String nodeId) {
        PresenceConnection.Ears ears = new PresenceConnection.Ears();
        return exchange.socket(Paths.NODES + "/" + Exchange.segment(nodeId) + Paths.PRESENCE, ears)
                .thenApply(socket -> new PresenceConnection(socket, ears));
    }

    private static String waiting(String path, String jobId, double waitSeconds) {
        return path + "/" + Exchange.segment(jobId) + (waitSeconds > 0 ? "?wait=" + waitSeconds : "");
    }

    /** Gives up a node's calls that are under way; of a client there is nothing to close. */
    public void close() {
        exchange.close();
    }

    /** The cause of a failed call as an exception whose message names the broker and says what to do. */
    public IOException readable(@Nullable Throwable cause) {
        return exchange.readable(cause);
    }
}
