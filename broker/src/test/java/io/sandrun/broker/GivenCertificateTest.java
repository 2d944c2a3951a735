package io.sandrun.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sandrun.broker.tls.TestCertificates;
import io.sandrun.protocol.BrokerAddress;
import io.sandrun.protocol.BrokerClient;
import io.sandrun.protocol.tls.BrokerTrust;
import io.sandrun.protocol.tls.Fingerprint;
import io.sandrun.protocol.tls.ShownCertificate;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A broker with a certificate of its owner's. */
class GivenCertificateTest {
    private static final Duration TIMEOUT = Duration.ofSeconds(20);
    private static final TestCertificates AUTHORITY = new TestCertificates("Test authority");

    @TempDir
    Path directory;

    private Path certificate;
    private Path key;

    @BeforeEach
    void name() {
        certificate = directory.resolve("cert.pem");
        key = directory.resolve("key.pem");
    }

    private Broker start() {
        return Broker.start(BrokerConfig.builder(directory.resolve("data"))
                .port(0)
                .tlsCertificate(certificate)
                .tlsKey(key)
                .build());
    }

    private static String health(Broker broker, String host, BrokerTrust trust) throws IOException {
        URI url = URI.create("https://" + host + ":" + broker.port());
        return new BrokerClient(BrokerAddress.of(url).withTrust(trust), null)
                .health(TIMEOUT)
                .path("status")
                .asText();
    }

    private BrokerTrust authority(TestCertificates authority) throws IOException {
        return BrokerTrust.authorities(authority.saveAuthority(directory.resolve("ca.pem")));
    }

    @ParameterizedTest
    @ValueSource(strings = {"EC", "RSA", "Ed25519"})
    void one_that_an_authority_vouches_for_is_trusted_by_those_who_know_the_authority(String algorithm)
            throws Exception {
        AUTHORITY.issue(algorithm, "localhost", "127.0.0.1").write(certificate, key);
        try (Broker broker = start()) {
            assertThat(health(broker, "localhost", authority(AUTHORITY))).isEqualTo("healthy");
            assertThatThrownBy(() -> health(broker, "localhost", authority(new TestCertificates("Somebody else"))))
                    .hasMessageContaining("nobody whom this machine trusts vouches");
        }
    }

    @Test
    void one_for_another_name_is_refused() throws Exception {
        AUTHORITY.issue("EC", "elsewhere.example").write(certificate, key);
        try (Broker broker = start()) {
            assertThatThrownBy(() -> health(broker, "localhost", authority(AUTHORITY)))
                    .hasMessageContaining("is not for this address");
            assertThat(health(broker, "localhost", broker.address().trust())).isEqualTo("healthy");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"EC", "RSA"})
    void keys_in_the_older_forms_are_read(String algorithm) throws Exception {
        AUTHORITY.issue(algorithm, "localhost").write(certificate, key).writeOldKey(key);
        assertThat(Files.readString(key)).contains("BEGIN " + algorithm + " PRIVATE KEY");
        try (Broker broker = start()) {
            assertThat(health(broker, "localhost", authority(AUTHORITY))).isEqualTo("healthy");
        }
    }

    @Test
    void one_that_is_renewed_is_shown_without_a_restart_and_a_bad_one_is_not_taken() throws Exception {
        AUTHORITY.issue("EC", "localhost").write(certificate, key);
        try (Broker broker = start()) {
            Fingerprint first = ShownCertificate.at(URI.create(broker.url()));
            // Half of a renewal: the key of another certificate.
            AUTHORITY.issue("EC", "localhost").write(directory.resolve("unused.pem"), key);
            TestCertificates.Issued renewed = AUTHORITY.issue("RSA", "localhost");
            Files.writeString(certificate, "no certificate");
            assertThat(ShownCertificate.at(URI.create(broker.url()))).isEqualTo(first);
            renewed.write(certificate, key);
            long deadline = System.nanoTime() + TIMEOUT.toNanos();
            while (ShownCertificate.at(URI.create(broker.url())).equals(first)) {
                assertThat(System.nanoTime()).isLessThan(deadline);
            }
            assertThat(health(broker, "localhost", authority(AUTHORITY))).isEqualTo("healthy");
            assertThat(broker.fingerprint()).isNotEqualTo(Optional.of(first));
        }
    }

    @Test
    void one_that_ran_out_is_no_start() {
        AUTHORITY
                .issue("EC", Instant.now().minus(Duration.ofDays(30)), Duration.ofDays(1), "localhost")
                .write(certificate, key);
        assertThatThrownBy(this::start)
                .isInstanceOf(SettingException.class)
                .hasMessageContaining(certificate.toString())
                .hasMessageContaining("ran out");
    }

    @Test
    void what_is_wrong_with_the_files_is_said() throws Exception {
        refused("does not exist");
        AUTHORITY.issue("EC", "localhost").write(certificate, key);
        Path right = Files.copy(key, directory.resolve("right-key.pem"));
        Files.copy(certificate, key, StandardCopyOption.REPLACE_EXISTING);
        refused("has no private key", "mixed up");
        AUTHORITY.issue("EC", "localhost").write(directory.resolve("unused.pem"), key);
        refused("does not belong to the first certificate");
        AUTHORITY.issue("RSA", "localhost").write(directory.resolve("unused.pem"), key);
        refused("does not belong to the first certificate");
        Files.writeString(key, Files.readString(right).replace("PRIVATE", "ENCRYPTED PRIVATE"));
        refused("is encrypted", "openssl pkey");
        Files.writeString(key, Files.readString(right).replaceFirst("\n.{20}", "\n####################"));
        refused("cannot be read");
        Files.copy(right, key, StandardCopyOption.REPLACE_EXISTING);
        Files.copy(right, certificate, StandardCopyOption.REPLACE_EXISTING);
        refused("has no certificate", "mixed up");
        Files.writeString(certificate, "");
        refused("has no certificate in PEM form.");
        certificate = directory;
        refused("is no file");
        assertThatThrownBy(() -> BrokerConfig.builder(directory)
                        .tlsCertificate(certificate)
                        .build())
                .isInstanceOf(SettingException.class)
                .hasMessageContaining("tls_key");
    }

    private void refused(String... words) {
        assertThatThrownBy(this::start).isInstanceOf(SettingException.class).satisfies(refused -> {
            for (String word : words) {
                assertThat(refused.getMessage()).contains(word);
            }
        });
    }
}
