package io.sandrun.cli;

import io.sandrun.broker.OwnNames;
import io.sandrun.protocol.BrokerAddress;
import io.sandrun.protocol.identity.ApiKey;
import io.sandrun.protocol.identity.PrivateFile;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/**
 * The API key that is shown to the broker: of a file, of the environment, or of the {@link ClientFile}. There is no
 * option for the key itself, since everybody on the machine may see the command lines of all processes.
 */
final class ApiKeyOptions {
    private static final String ENVIRONMENT = "SANDRUN_API_KEY";
    private static final String IN_CLEAR = "SANDRUN_KEY_IN_CLEAR";

    @Option(
            names = "--api-key-file",
            paramLabel = "FILE",
            description = "The API key, in a file that only you can read (default: $SANDRUN_API_KEY, else that of "
                    + "client.json in the XDG config home).")
    @Nullable
    Path file;

    @Option(
            names = "--key-in-clear",
            description = "Send the API key also to a broker beyond this machine that has no TLS, where whoever is on "
                    + "the way reads it (default: whether $SANDRUN_KEY_IN_CLEAR is true).")
    boolean inClear;

    /**
     * The key for a broker, or null for none.
     *
     * @throws UsageException if what was named is no key, or others could read it on its way
     */
    @Nullable
    ApiKey keyFor(BrokerAddress broker) {
        ApiKey key = given(broker.url());
        if (key != null && !broker.isEncrypted() && !isOfThisMachine(broker.url()) && !mayBeInClear()) {
            throw new UsageException(
                    "The API key would go to %s in clear: whoever is on the way could use it. Give the broker TLS "
                                    .formatted(broker.url())
                            + "(sandrun broker --tls) and write https://, or say --key-in-clear ($" + IN_CLEAR
                            + "=true) where you trust the network.");
        }
        return key;
    }

    private static boolean isOfThisMachine(URI broker) {
        return OwnNames.isLoopback(broker.getHost().toLowerCase(Locale.ROOT).replaceAll("[\\[\\]]", ""));
    }

    boolean mayBeInClear() {
        return inClear || "true".equals(UserEnvironment.variable(IN_CLEAR));
    }

    private @Nullable ApiKey given(URI broker) {
        if (file != null) {
            return parse(text(file), file.toString());
        }
        String environment = UserEnvironment.variable(ENVIRONMENT);
        if (environment != null) {
            return parse(environment, "$" + ENVIRONMENT);
        }
        String kept = ClientFile.read().apiKeyFor(broker);
        return kept == null ? null : parse(kept, ClientFile.path().toString());
    }

    private static String text(Path file) {
        try {
            return PrivateFile.read(file);
        } catch (IOException unusable) {
            throw new UsageException(String.valueOf(unusable.getMessage()));
        }
    }

    /** @param place named instead of the text, which is nobody's to see even if it is no key */
    private static ApiKey parse(String text, String place) {
        return ApiKey.parse(text.strip())
                .orElseThrow(() -> new UsageException(
                        "%s holds no API key: one is written sandrun_ID_SECRET, as `sandrun key create` prints it."
                                .formatted(place)));
    }
}
