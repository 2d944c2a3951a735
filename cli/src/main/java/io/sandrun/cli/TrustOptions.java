package io.sandrun.cli;

import io.sandrun.protocol.BrokerAddress;
import io.sandrun.protocol.tls.BrokerTrust;
import io.sandrun.protocol.tls.Fingerprint;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** By what an encrypted broker is known: its certificate itself, who vouches for it, or what this machine trusts. */
final class TrustOptions {
    private static final String FINGERPRINT = "SANDRUN_FINGERPRINT";
    private static final String CA = "SANDRUN_CA";

    @Option(
            names = "--fingerprint",
            paramLabel = "sha256:HEX",
            description = "The broker's certificate as the broker printed it; no other is trusted "
                    + "(default: $SANDRUN_FINGERPRINT).")
    @Nullable
    String fingerprint;

    @Option(
            names = "--ca",
            paramLabel = "FILE",
            description = "Who vouches for the broker's certificate, PEM (default: $SANDRUN_CA, else whom this "
                    + "machine trusts).")
    @Nullable
    Path ca;

    /** Whether the broker is said to have a certificate. */
    boolean isGiven() {
        return pin() != null || authority() != null;
    }

    /** @throws UsageException for what cannot be meant, or cannot be read */
    BrokerAddress address(URI url) {
        BrokerAddress address = BrokerAddress.of(url);
        if (!isGiven()) {
            return address;
        }
        if (!address.isEncrypted()) {
            throw new UsageException("%s has no certificate that could be known by --fingerprint, --ca, $%s or $%s: "
                            .formatted(url, FINGERPRINT, CA)
                    + "write the address as https://, or leave those out.");
        }
        return address.withTrust(trust());
    }

    /** The same as options, for another process that has another environment and works elsewhere. */
    List<String> arguments() {
        String pin = pin();
        Path authority = authority();
        return pin != null
                ? List.of("--fingerprint", pin)
                : authority == null
                        ? List.of()
                        : List.of("--ca", authority.toAbsolutePath().toString());
    }

    private BrokerTrust trust() {
        String pin = pin();
        Path authority = authority();
        if (pin != null && authority != null) {
            throw new UsageException("A certificate is known by --fingerprint or by --ca, and not by both.");
        }
        try {
            if (pin != null) {
                return BrokerTrust.pinned(Fingerprint.parseAll(pin));
            }
            return authority == null ? BrokerTrust.OF_SYSTEM : BrokerTrust.authorities(authority);
        } catch (IllegalArgumentException | IOException unusable) {
            throw new UsageException(String.valueOf(unusable.getMessage()));
        }
    }

    /** What is said counts more than what the environment says, which is why each looks at the other. */
    private @Nullable String pin() {
        return fingerprint != null ? fingerprint : ca != null ? null : UserEnvironment.variable(FINGERPRINT);
    }

    private @Nullable Path authority() {
        String named = UserEnvironment.variable(CA);
        return ca != null ? ca : fingerprint != null || named == null ? null : Path.of(named);
    }
}
