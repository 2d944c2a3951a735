package io.sandrun.protocol;

import java.io.IOException;
import java.net.ProxySelector;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLSession;
import org.apache.hc.client5.http.classic.methods.HttpUriRequestBase;
import org.apache.hc.client5.http.config.ConnectionConfig;
import org.apache.hc.client5.http.config.RequestConfig;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.apache.hc.client5.http.impl.classic.HttpClients;
import org.apache.hc.client5.http.impl.io.DefaultHttpClientConnectionOperator;
import org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManager;
import org.apache.hc.client5.http.protocol.HttpClientContext;
import org.apache.hc.client5.http.ssl.DefaultClientTlsStrategy;
import org.apache.hc.client5.http.ssl.HostnameVerificationPolicy;
import org.apache.hc.client5.http.ssl.TlsSocketStrategy;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.config.RegistryBuilder;
import org.apache.hc.core5.http.io.HttpClientResponseHandler;
import org.apache.hc.core5.http.io.SocketConfig;
import org.apache.hc.core5.http.io.entity.ByteArrayEntity;
import org.apache.hc.core5.http.io.entity.EntityUtils;
import org.apache.hc.core5.io.CloseMode;
import org.apache.hc.core5.pool.PoolConcurrencyPolicy;
import org.apache.hc.core5.pool.PoolReusePolicy;
import org.apache.hc.core5.util.TimeValue;
import org.apache.hc.core5.util.Timeout;

/**
 * Calls that are short, many and waited for, as a node's are: whoever calls writes and reads by itself. The JDK's
 * client hands each call through four threads, which takes longer than what the broker does with it; streams and
 * WebSockets stay there. Thread-safe; a thread that is interrupted in a call gives it up, and its connection.
 */
final class ShortCalls implements AutoCloseable {
    /** Calls at once, each with a connection: a claim for each place of the largest node, and as much again. */
    private static final int CONNECTIONS_MAX = 2 * Limits.CLAIM_SLOTS_MAX;

    /** A connection that was silent for longer is asked whether the broker still has it, which takes a millisecond. */
    private static final TimeValue SURELY_OPEN = TimeValue.ofSeconds(1);

    /** The least that a system takes at once of what is sent. To send more waits for the broker to read. */
    private static final int SENT_AT_ONCE_BYTES = 16 * 1024;

    private static final String CLOSED = "this client is closed";

    private final CloseableHttpClient http;
    private volatile boolean isClosed;
    private final ExecutorService threads = Executors.newCachedThreadPool(work -> {
        Thread thread = new Thread(work, "sandrun-call");
        thread.setDaemon(true);
        return thread;
    });

    ShortCalls(BrokerAddress broker) {
        this.http = HttpClients.custom()
                .setConnectionManager(connections(broker))
                .setProxySelector(ProxySelector.getDefault())
                .disableAutomaticRetries()
                .disableRedirectHandling()
                .disableContentCompression()
                .disableCookieManagement()
                .disableAuthCaching()
                .disableDefaultUserAgent()
                .build();
    }

    private static PoolingHttpClientConnectionManager connections(BrokerAddress broker) {
        TlsSocketStrategy tls = new DefaultClientTlsStrategy(
                Connections.trust(broker).context(), HostnameVerificationPolicy.BUILTIN, null);
        // A channel's socket is one that an interrupt wakes.
        var operator = new DefaultHttpClientConnectionOperator(
                proxy -> SocketChannel.open().socket(),
                null,
                null,
                RegistryBuilder.<TlsSocketStrategy>create()
                        .register("https", tls)
                        .build());
        var connections = new PoolingHttpClientConnectionManager(
                operator, PoolConcurrencyPolicy.STRICT, PoolReusePolicy.LIFO, TimeValue.NEG_ONE_MILLISECOND, null);
        connections.setMaxTotal(CONNECTIONS_MAX);
        connections.setDefaultMaxPerRoute(CONNECTIONS_MAX);
        Timeout connect = Timeout.of(Connections.CONNECT_TIMEOUT);
        connections.setDefaultConnectionConfig(ConnectionConfig.custom()
                .setConnectTimeout(connect)
                .setSocketTimeout(connect)
                .setValidateAfterInactivity(SURELY_OPEN)
                .build());
        connections.setDefaultSocketConfig(
                SocketConfig.custom().setTcpNoDelay(true).build());
        return connections;
    }

    /**
     * Waits for the answer.
     *
     * @param request what is sent, and how long a silence may take, and the sending; its own body is not looked at
     */
    HttpResponse<byte[]> send(HttpRequest request, byte[] body) throws IOException {
        Duration patience = request.timeout().orElse(Connections.CONNECT_TIMEOUT);
        HttpUriRequestBase sent = new HttpUriRequestBase(request.method(), request.uri());
        sent.setEntity(new ByteArrayEntity(body, null));
        request.headers().map().forEach((name, values) -> values.forEach(value -> sent.addHeader(name, value)));
        HttpClientContext context = HttpClientContext.create();
        context.setRequestConfig(
                RequestConfig.custom().setResponseTimeout(Timeout.of(patience)).build());
        try {
            return body.length <= SENT_AT_ONCE_BYTES
                    ? http.execute(sent, context, answer -> Reply.of(request, answer))
                    : sendLarge(sent, patience, context, answer -> Reply.of(request, answer));
        } catch (IllegalStateException refused) {
            if (isClosed) {
                throw new IOException(CLOSED, refused);
            }
            throw refused;
        }
    }

    /** A read ends by itself when its time is over; a write does not, as long as there is a broker that is stuck. */
    private <T> T sendLarge(
            HttpUriRequestBase sent, Duration patience, HttpClientContext context, HttpClientResponseHandler<T> taking)
            throws IOException {
        CompletableFuture<Void> ended =
                new CompletableFuture<Void>().orTimeout(patience.toMillis(), TimeUnit.MILLISECONDS);
        var unused = ended.exceptionally(late -> {
            sent.abort();
            return null;
        });
        try {
            return http.execute(sent, context, taking);
        } catch (IOException failed) {
            if (ended.isDone()) {
                throw (IOException) new SocketTimeoutException("It was not taken in time.").initCause(failed);
            }
            throw failed;
        } finally {
            ended.complete(null);
        }
    }

    /** Likewise by a thread of ours; cancelling what is returned gives the call up. */
    CompletableFuture<HttpResponse<byte[]>> sendLater(HttpRequest request, byte[] body) {
        CompletableFuture<HttpResponse<byte[]>> answer = new CompletableFuture<>();
        Future<?> call;
        try {
            call = threads.submit(() -> {
                try {
                    answer.complete(send(request, body));
                } catch (IOException | RuntimeException | Error failed) {
                    answer.completeExceptionally(failed);
                }
            });
        } catch (RejectedExecutionException closed) {
            return CompletableFuture.failedFuture(new IOException(CLOSED, closed));
        }
        var unused = answer.whenComplete((done, failure) -> {
            if (answer.isCancelled()) {
                call.cancel(true);
            }
        });
        return answer;
    }

    /** Gives up what is under way; calls that come later fail as those to a broker that cannot be reached. */
    @Override
    public void close() {
        isClosed = true;
        threads.shutdownNow();
        http.close(CloseMode.IMMEDIATE);
    }

    /** An answer in the words of the JDK, in which whoever looks at answers reads them. */
    @SuppressWarnings("ArrayRecordComponent") // read, never compared
    private record Reply(HttpRequest request, int statusCode, HttpHeaders headers, byte[] body)
            implements HttpResponse<byte[]> {
        private static final byte[] NOTHING = {};

        static Reply of(HttpRequest request, ClassicHttpResponse answer) throws IOException {
            Map<String, List<String>> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
            Arrays.stream(answer.getHeaders())
                    .forEach((Header header) -> headers.computeIfAbsent(header.getName(), name -> new ArrayList<>())
                            .add(header.getValue()));
            byte[] body = answer.getEntity() == null ? NOTHING : EntityUtils.toByteArray(answer.getEntity());
            return new Reply(request, answer.getCode(), HttpHeaders.of(headers, (name, value) -> true), body);
        }

        @Override
        public Optional<HttpResponse<byte[]>> previousResponse() {
            return Optional.empty();
        }

        @Override
        public Optional<SSLSession> sslSession() {
            return Optional.empty();
        }

        @Override
        public URI uri() {
            return request.uri();
        }

        @Override
        public HttpClient.Version version() {
            return HttpClient.Version.HTTP_1_1;
        }
    }
}
