package io.sandrun.broker;

import io.sandrun.broker.tls.TlsChoice;
import io.sandrun.protocol.Limits;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The settings of a broker, checked.
 *
 * @param host the address that it listens on
 * @param port 0 for any free one
 * @param dataDirectory holds the database, the artifacts, the lock and {@code broker.json}
 * @param jobTimeout JOB_TIMEOUT: the time limit of a job that names none
 * @param resultTtl RESULT_TTL: how long a job is remembered after its end
 * @param nodeTimeout NODE_TIMEOUT: silence after which a node loses its leases
 * @param maxRetries MAX_RETRIES: further attempts after ones that failed through no doing of the program
 * @param minFreeDiskBytes MIN_FREE_DISK_MB: no more files and logs are taken when the disk has less room left
 * @param allowAnonymous whether those without an API key may use it: where there are keys, and beyond loopback
 * @param quota QUOTA_...: how much each API key may have that has no limits of its own, and each address without a key
 * @param allowUnsignedNodes whether older nodes, which have no key, are served: nothing tells one from another
 * @param tls whether it speaks TLS, and with which certificate
 * @param verifySameAddress whether copies of one verified job may go to nodes of one address, as in a pool behind one
 *     router or on one machine
 * @param verifyWait VERIFY_WAIT: how long a verified job that has answers waits while no node is there that may have
 *     its next copy
 * @param corsOrigins web origins that may call, {@code https://example.org}, beside those on loopback; {@code *} for
 * all
 * @param workers the list of those who may work here, which makes the pool a trusted one; empty for an open one
 * @param localWorkerId the public key of the node in the same process, if there is one
 */
public record BrokerConfig(
        String host,
        int port,
        Path dataDirectory,
        Duration jobTimeout,
        Duration resultTtl,
        Duration nodeTimeout,
        int maxRetries,
        long minFreeDiskBytes,
        boolean allowAnonymous,
        Quota quota,
        boolean allowUnsignedNodes,
        TlsChoice tls,
        boolean verifySameAddress,
        Duration verifyWait,
        List<String> corsOrigins,
        Optional<Path> workers,
        Optional<String> localWorkerId) {
    private static final int PORT_MAX = 65_535;
    private static final int RETRIES_MAX = 100;
    private static final long MIB = 1L << 20;
    private static final long MIN_FREE_DISK_BYTES_MAX = MIB << 20;
    private static final Duration RESULT_TTL_MAX = Duration.ofDays(365);
    private static final Duration NODE_TIMEOUT_MIN = Duration.ofMillis(100);
    private static final Duration NODE_TIMEOUT_MAX = Duration.ofHours(1);
    private static final Duration VERIFY_WAIT_MAX = Duration.ofDays(30);

    public BrokerConfig {
        corsOrigins = List.copyOf(corsOrigins);
        require(port >= 0 && port <= PORT_MAX, "port", "a number from 0 to " + PORT_MAX, port);
        require(
                jobTimeout.toMillis() >= Limits.TIMEOUT_SECONDS_MIN * 1000
                        && jobTimeout.toMillis() <= Limits.TIMEOUT_SECONDS_MAX * 1000,
                "job_timeout",
                "seconds from " + Limits.TIMEOUT_SECONDS_MIN + " to " + Limits.TIMEOUT_SECONDS_MAX,
                seconds(jobTimeout));
        require(
                resultTtl.toMillis() > 0 && resultTtl.compareTo(RESULT_TTL_MAX) <= 0,
                "result_ttl",
                "seconds above 0 and at most " + RESULT_TTL_MAX.toSeconds(),
                seconds(resultTtl));
        require(
                nodeTimeout.compareTo(NODE_TIMEOUT_MIN) >= 0 && nodeTimeout.compareTo(NODE_TIMEOUT_MAX) <= 0,
                "node_timeout",
                "seconds from " + seconds(NODE_TIMEOUT_MIN) + " to " + NODE_TIMEOUT_MAX.toSeconds(),
                seconds(nodeTimeout));
        require(
                maxRetries >= 0 && maxRetries <= RETRIES_MAX,
                "max_retries",
                "a number from 0 to " + RETRIES_MAX,
                maxRetries);
        require(
                minFreeDiskBytes >= 0 && minFreeDiskBytes <= MIN_FREE_DISK_BYTES_MAX,
                "min_free_disk_mb",
                "a number from 0 to " + MIN_FREE_DISK_BYTES_MAX / MIB,
                minFreeDiskBytes / MIB);
        require(
                !verifyWait.isNegative() && verifyWait.compareTo(VERIFY_WAIT_MAX) <= 0,
                "verify_wait",
                "seconds from 0 to " + VERIFY_WAIT_MAX.toSeconds(),
                seconds(verifyWait));
        for (String origin : corsOrigins) {
            require(
                    "*".equals(origin) || origin.matches("https?://[^/\\s]+"),
                    "cors_origins",
                    "origins such as https://example.org, or *",
                    origin);
        }
        if (workers.isPresent() && allowUnsignedNodes) {
            throw new SettingException(
                    "allow_unsigned_nodes",
                    "A pool with a list of workers knows them by their keys: leave out --allow-unsigned-nodes, or "
                            + "--workers.");
        }
        isLoopback(host);
    }

    /**
     * Whether a broker with these settings keeps strangers out.
     *
     * @param hasKeys whether it asks for API keys
     * @throws SettingException if everybody who reaches it could use it, and that was not said
     */
    void requireGuarded(boolean hasKeys) {
        if (!isLoopback(host) && !allowAnonymous && !hasKeys) {
            throw new SettingException(
                    "host",
                    "Listening on " + host + " would let everybody who reaches it run code: make an API key first "
                            + "(sandrun key create --role admin --data " + dataDirectory
                            + "), or say --allow-anonymous if that is what you want, or listen on 127.0.0.1.");
        }
    }

    /** What may be wanted so and is worth a second thought: a sentence each. */
    List<String> warnings() {
        List<String> warnings = new ArrayList<>();
        if (!tls.isOn() && !isLoopback(host)) {
            warnings.add("What goes to and from " + host + " can be read and changed by whoever is on the way, API "
                    + "keys and code included: start the broker with --tls, or put something in front of it that "
                    + "encrypts");
        }
        if (allowUnsignedNodes && verifySameAddress) {
            warnings.add("With --allow-unsigned-nodes and --verify-same-address one machine can register as many nodes "
                    + "as it likes and agree with itself: verified jobs are as good as its word");
        }
        return warnings;
    }

    /** Starts from the defaults, {@code broker.json} in the directory, and the environment, in rising order. */
    public static Builder load(Path dataDirectory, Map<String, String> environment) {
        Builder builder = builder(dataDirectory);
        SettingsReader reader = new SettingsReader(builder);
        reader.readFile(dataDirectory.resolve(SettingsReader.FILE));
        reader.readEnvironment(environment);
        return builder;
    }

    /** Starts from the defaults alone. */
    public static Builder builder(Path dataDirectory) {
        return new Builder(dataDirectory);
    }

    private static void require(boolean holds, String setting, String expected, Object found) {
        if (!holds) {
            throw new SettingException(
                    setting, "The setting " + setting + " must be " + expected + ", and not " + found + ".");
        }
    }

    private static double seconds(Duration duration) {
        return duration.toMillis() / 1000.0;
    }

    static boolean isLoopback(String host) {
        try {
            return InetAddress.getByName(host).isLoopbackAddress();
        } catch (UnknownHostException unknown) {
            throw new SettingException("host", "The host " + host + " is no address or name of this machine.");
        }
    }

    /** Settings on their way; nothing is checked before {@link #build()}. For one thread. */
    public static final class Builder {
        private final Path dataDirectory;
        private String host = "127.0.0.1";
        private int port = 8000;
        private Duration jobTimeout = Duration.ofMinutes(5);
        private Duration resultTtl = Duration.ofHours(1);
        private Duration nodeTimeout = Duration.ofSeconds(15);
        private int maxRetries = 3;
        private long minFreeDiskBytes = 512 * MIB;
        private boolean allowAnonymous;
        private Quota quota = Quota.USUAL;
        private @Nullable Boolean tls;
        private @Nullable Path tlsCertificate;
        private @Nullable Path tlsKey;
        private boolean verifySameAddress;
        private Duration verifyWait = Duration.ofMinutes(10);
        private List<String> corsOrigins = List.of();
        private Optional<Path> workers = Optional.empty();
        private @Nullable Boolean allowUnsignedNodes;
        private boolean isUnsignedUsualOnLoopback;
        private Optional<String> localWorkerId = Optional.empty();

        private Builder(Path dataDirectory) {
            this.dataDirectory = dataDirectory;
        }

        /** A file that the data directory's own settings name: relative to it. */
        Path inData(String file) {
            return dataDirectory.resolve(file);
        }

        public Builder host(String value) {
            host = value;
            return this;
        }

        public Builder port(int value) {
            port = value;
            return this;
        }

        public Builder jobTimeout(Duration value) {
            jobTimeout = value;
            return this;
        }

        public Builder resultTtl(Duration value) {
            resultTtl = value;
            return this;
        }

        public Builder nodeTimeout(Duration value) {
            nodeTimeout = value;
            return this;
        }

        public Builder maxRetries(int value) {
            maxRetries = value;
            return this;
        }

        public Builder minFreeDiskMb(int value) {
            minFreeDiskBytes = value * MIB;
            return this;
        }

        public Builder allowAnonymous(boolean value) {
            allowAnonymous = value;
            return this;
        }

        public Builder quota(Quota value) {
            quota = value;
            return this;
        }

        /** What was said so far, to be changed in part. */
        public Quota quota() {
            return quota;
        }

        public Builder allowUnsignedNodes(boolean value) {
            allowUnsignedNodes = value;
            return this;
        }

        /** Serves older nodes, unless something else is said, where nobody but this machine reaches the broker. */
        public Builder allowUnsignedNodesOnLoopback() {
            isUnsignedUsualOnLoopback = true;
            return this;
        }

        /** Whether to speak TLS; where this is not said, it is where a certificate is. */
        public Builder tls(boolean value) {
            tls = value;
            return this;
        }

        public Builder tlsCertificate(Path value) {
            tlsCertificate = value;
            return this;
        }

        public Builder tlsKey(Path value) {
            tlsKey = value;
            return this;
        }

        public Builder verifySameAddress(boolean value) {
            verifySameAddress = value;
            return this;
        }

        public Builder verifyWait(Duration value) {
            verifyWait = value;
            return this;
        }

        public Builder corsOrigins(List<String> value) {
            corsOrigins = value;
            return this;
        }

        /** @param file read when the broker starts, and again whenever it changes */
        public Builder workers(Path file) {
            workers = Optional.of(file);
            return this;
        }

        public Builder localWorkerId(String value) {
            localWorkerId = Optional.of(value);
            return this;
        }

        private boolean areUnsignedUsual() {
            return isUnsignedUsualOnLoopback && isLoopback(host) && workers.isEmpty();
        }

        /** @throws SettingException for the first setting that cannot be taken */
        public BrokerConfig build() {
            return new BrokerConfig(
                    host,
                    port,
                    dataDirectory,
                    jobTimeout,
                    resultTtl,
                    nodeTimeout,
                    maxRetries,
                    minFreeDiskBytes,
                    allowAnonymous,
                    quota,
                    allowUnsignedNodes == null ? areUnsignedUsual() : allowUnsignedNodes,
                    tlsChoice(),
                    verifySameAddress,
                    verifyWait,
                    corsOrigins,
                    workers,
                    localWorkerId);
        }

        private TlsChoice tlsChoice() {
            Path certificate = tlsCertificate;
            Path key = tlsKey;
            if (certificate == null && key == null) {
                return Boolean.TRUE.equals(tls) ? TlsChoice.SELF_SIGNED : TlsChoice.OFF;
            }
            if (certificate == null || key == null) {
                String missing = certificate == null ? "tls_cert" : "tls_key";
                throw new SettingException(
                        missing, "A certificate needs its key, and a key its certificate: say " + missing + ", too.");
            }
            return Boolean.FALSE.equals(tls)
                    ? TlsChoice.OFF
                    : new TlsChoice(true, Optional.of(new TlsChoice.Given(certificate, key)));
        }
    }
}
