package io.sandrun.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import io.sandrun.protocol.Json;
import io.sandrun.protocol.identity.PrivateFile;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * What a user keeps about the broker that is used most: {@code {"url": ..., "api_key": ...}} in {@code client.json}.
 * The key is shown to that broker only, so that a command with another address does not give it away.
 */
record ClientFile(@Nullable String url, @Nullable String apiKey) {
    private static final ClientFile NONE = new ClientFile(null, null);

    static Path path() {
        return UserEnvironment.configHome().resolve("sandrun").resolve("client.json");
    }

    /** @throws UsageException for a file that others can read, or that cannot be meant */
    static ClientFile read() {
        Path file = path();
        if (!Files.exists(file)) {
            return NONE;
        }
        try {
            JsonNode kept = Json.MAPPER.readTree(PrivateFile.read(file));
            if (kept != null && kept.isObject()) {
                return new ClientFile(text(kept, "url"), text(kept, "api_key"));
            }
        } catch (JsonProcessingException malformed) {
            // The parser's own words would quote the file, which may hold a key.
        } catch (IOException unusable) {
            throw new UsageException(String.valueOf(unusable.getMessage()));
        }
        throw new UsageException(
                "%s must be JSON such as {\"url\": \"http://host:8000\", \"api_key\": \"sandrun_...\"}."
                        .formatted(file));
    }

    private static @Nullable String text(JsonNode kept, String name) {
        return kept.path(name).isTextual() ? kept.path(name).textValue() : null;
    }

    @Nullable
    String apiKeyFor(URI broker) {
        String own = url == null ? BrokerOptions.DEFAULT_URL : url;
        return bare(own).equals(bare(broker.toString())) ? apiKey : null;
    }

    private static String bare(String address) {
        return address.strip().replaceAll("/+$", "");
    }

    @Override
    public String toString() {
        return "ClientFile[url=" + url + "]";
    }
}
