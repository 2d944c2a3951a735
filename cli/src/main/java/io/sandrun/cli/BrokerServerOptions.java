package io.sandrun.cli;

import io.sandrun.broker.BrokerConfig;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/**
 * The settings of a broker as flags. What is not given is left to {@code broker.json}, the environment, the defaults.
 */
final class BrokerServerOptions {
    @Option(names = "--port", paramLabel = "N", description = "The port to listen on, 0 for any (default: 8000).")
    @Nullable
    Integer port;

    @Option(names = "--host", paramLabel = "ADDRESS", description = "The address to listen on (default: 127.0.0.1).")
    @Nullable
    String host;

    @Option(
            names = "--allow-anonymous",
            description = "Let those without an API key submit and work: beyond loopback, or where there are keys.")
    @Nullable
    Boolean allowAnonymous;

    @Mixin
    QuotaOptions quota = new QuotaOptions();

    @Option(
            names = "--allow-unsigned-nodes",
            negatable = true,
            description = "Serve older nodes, which have no key (default for `up` on a loopback address).")
    @Nullable
    Boolean allowUnsignedNodes;

    @Option(
            names = "--tls",
            negatable = true,
            description = "Encrypt, with a certificate that is made on first start and known by its fingerprint.")
    @Nullable
    Boolean tls;

    @Option(
            names = "--tls-cert",
            paramLabel = "FILE",
            description = "A certificate of your own, PEM, followed by those that vouch for it; read again when it "
                    + "changes.")
    @Nullable
    Path tlsCertificate;

    @Option(names = "--tls-key", paramLabel = "FILE", description = "Its private key, PEM, not encrypted.")
    @Nullable
    Path tlsKey;

    @Option(
            names = "--verify-same-address",
            description = "Give copies of one verified job to nodes of one address: for a pool in one network.")
    @Nullable
    Boolean verifySameAddress;

    @Option(
            names = "--verify-wait",
            paramLabel = "SECONDS",
            description = "VERIFY_WAIT of a verified job for a node of another owner, when none is there (600).")
    @Nullable
    Double verifyWait;

    @Option(
            names = "--cors-origin",
            paramLabel = "ORIGIN",
            description = "A web origin that may call, beside those on loopback; * for all.")
    @Nullable
    List<String> corsOrigins;

    @Option(
            names = "--workers",
            paramLabel = "FILE",
            description = "Let only the workers of this JSON list work here; read again when it changes.")
    @Nullable
    Path workers;

    @Option(names = "--job-timeout", paramLabel = "SECONDS", description = "JOB_TIMEOUT of jobs that name none (300).")
    @Nullable
    Double jobTimeout;

    @Option(names = "--result-ttl", paramLabel = "SECONDS", description = "RESULT_TTL, how long results stay (3600).")
    @Nullable
    Double resultTtl;

    @Option(names = "--node-timeout", paramLabel = "SECONDS", description = "NODE_TIMEOUT of a silent node (15).")
    @Nullable
    Double nodeTimeout;

    @Option(names = "--max-retries", paramLabel = "N", description = "MAX_RETRIES after lost nodes (3).")
    @Nullable
    Integer maxRetries;

    @Option(
            names = "--min-free-disk-mb",
            paramLabel = "MIB",
            description = "MIN_FREE_DISK_MB, below which no files and logs are taken (512).")
    @Nullable
    Integer minFreeDiskMb;

    BrokerConfig.Builder config(Path dataDirectory) {
        BrokerConfig.Builder config = BrokerConfig.load(dataDirectory, System.getenv());
        ifGiven(port, config::port);
        ifGiven(host, config::host);
        ifGiven(allowAnonymous, config::allowAnonymous);
        config.quota(quota.over(config.quota()));
        ifGiven(allowUnsignedNodes, config::allowUnsignedNodes);
        ifGiven(tls, config::tls);
        ifGiven(tlsCertificate, config::tlsCertificate);
        ifGiven(tlsKey, config::tlsKey);
        ifGiven(verifySameAddress, config::verifySameAddress);
        ifGiven(verifyWait, seconds -> config.verifyWait(duration(seconds)));
        ifGiven(corsOrigins, config::corsOrigins);
        ifGiven(workers, config::workers);
        ifGiven(jobTimeout, seconds -> config.jobTimeout(duration(seconds)));
        ifGiven(resultTtl, seconds -> config.resultTtl(duration(seconds)));
        ifGiven(nodeTimeout, seconds -> config.nodeTimeout(duration(seconds)));
        ifGiven(maxRetries, config::maxRetries);
        ifGiven(minFreeDiskMb, config::minFreeDiskMb);
        return config;
    }

    private static <T> void ifGiven(@Nullable T value, Consumer<T> setting) {
        if (value != null) {
            setting.accept(value);
        }
    }

    private static Duration duration(double seconds) {
        return Duration.ofMillis(Math.round(seconds * 1e3));
    }
}
