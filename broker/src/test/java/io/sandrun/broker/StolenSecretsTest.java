package io.sandrun.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sandrun.broker.tls.TestCertificates;
import io.sandrun.protocol.BrokerAddress;
import io.sandrun.protocol.BrokerClient;
import io.sandrun.protocol.Json;
import io.sandrun.protocol.identity.ApiKey;
import io.sandrun.protocol.tls.BrokerTrust;
import io.sandrun.protocol.tls.Fingerprint;
import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Somebody who stands between a client and its broker, with a certificate of their own. */
class StolenSecretsTest {
    private static final Fingerprint BROKER = new Fingerprint("ab".repeat(32));

    @Test
    void one_in_between_learns_nothing_from_a_client_that_has_pinned(@TempDir Path directory) throws Exception {
        try (SSLServerSocket between = open(directory)) {
            CompletableFuture<Integer> learnt = listen(between);
            assertThatThrownBy(() -> client(between, BrokerTrust.pinned(Set.of(BROKER)))
                            .submit(Json.MAPPER.createObjectNode().put("code", "secret")))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining(BROKER.toString());
            assertThat(learnt.get(20, TimeUnit.SECONDS)).isZero();
        }
    }

    /** That the one in between would hear it: else the test above would show nothing. */
    @Test
    void one_in_between_learns_all_from_a_client_that_trusts_it(@TempDir Path directory) throws Exception {
        try (SSLServerSocket between = open(directory)) {
            CompletableFuture<Integer> learnt = listen(between);
            BrokerTrust trust = BrokerTrust.authorities(directory.resolve("ca.pem"));
            assertThatThrownBy(() -> client(between, trust)
                            .submit(Json.MAPPER.createObjectNode().put("code", "secret")))
                    .isInstanceOf(IOException.class);
            assertThat(learnt.get(20, TimeUnit.SECONDS)).isPositive();
        }
    }

    private static SSLServerSocket open(Path directory) throws IOException {
        TestCertificates authority = new TestCertificates("Somebody");
        authority.saveAuthority(directory.resolve("ca.pem"));
        return (SSLServerSocket) authority
                .issue("EC", "localhost")
                .context()
                .getServerSocketFactory()
                .createServerSocket(0, 1, InetAddress.getLoopbackAddress());
    }

    private static BrokerClient client(SSLServerSocket between, BrokerTrust trust) {
        URI url = URI.create("https://localhost:" + between.getLocalPort());
        return new BrokerClient(new BrokerAddress(url, trust, ApiKey.generate(new SecureRandom())), null);
    }

    /** How many bytes of a request the first who calls sends. */
    private static CompletableFuture<Integer> listen(SSLServerSocket between) throws IOException {
        between.setSoTimeout(20_000);
        return CompletableFuture.supplyAsync(() -> {
            try (SSLSocket caller = (SSLSocket) between.accept()) {
                caller.setSoTimeout(20_000);
                return Math.max(0, caller.getInputStream().read(new byte[4096]));
            } catch (IOException refused) {
                return 0;
            }
        });
    }
}
