package io.sandrun.cli;

import io.sandrun.protocol.BrokerAddress;
import io.sandrun.protocol.BrokerClient;
import java.net.URI;
import java.net.URISyntaxException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Which broker to talk to: by {@code --url}, {@code SANDRUN_URL} or the {@link ClientFile}, else the local one. */
final class BrokerOptions {
    static final String DEFAULT_URL = "http://127.0.0.1:8000";

    static final String DESCRIPTION =
            "The broker's address (default: $SANDRUN_URL, else that of client.json, else " + DEFAULT_URL + ").";

    /** Where a broker is looked for when none is named and a certificate is. */
    private static final String DEFAULT_ENCRYPTED_URL = "https://127.0.0.1:8000";

    /** Where a broker is looked for when none is named. Not for users: tests must not find the developer's own. */
    private static final String LOOKED_FOR = System.getenv().getOrDefault("SANDRUN_DEFAULT_URL", DEFAULT_URL);

    @Option(names = "--url", paramLabel = "URL", description = DESCRIPTION)
    @Nullable
    String url;

    @Mixin
    TrustOptions trust = new TrustOptions();

    @Mixin
    ApiKeyOptions apiKey = new ApiKeyOptions();

    /** Whether the user named a broker. */
    boolean isNamed() {
        return named() != null;
    }

    BrokerClient client() {
        return new BrokerClient(address(), null);
    }

    BrokerAddress address() {
        String named = named();
        String otherwise = trust.isGiven() ? DEFAULT_ENCRYPTED_URL : LOOKED_FOR;
        BrokerAddress address = trust.address(parse(named == null ? otherwise : named));
        return address.withApiKey(apiKey.keyFor(address));
    }

    static URI parse(String text) {
        try {
            URI uri = new URI(text.strip());
            if (uri.getHost() != null && ("http".equals(uri.getScheme()) || "https".equals(uri.getScheme()))) {
                return uri;
            }
        } catch (URISyntaxException malformed) {
            // Falls through to the one sentence for every kind of malformed address.
        }
        throw new UsageException("'%s' is no broker address. Write it as http://host:port.".formatted(text));
    }

    private @Nullable String named() {
        if (url != null) {
            return url;
        }
        String environment = UserEnvironment.variable("SANDRUN_URL");
        return environment == null ? ClientFile.read().url() : environment;
    }
}
