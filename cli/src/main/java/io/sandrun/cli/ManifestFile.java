package io.sandrun.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.sandrun.protocol.Json;
import io.sandrun.protocol.Limits;
import java.io.IOException;
import java.nio.file.Path;

/** A manifest as JSON, as far as the command line has to read it: whether its fields fit is the broker's to say. */
final class ManifestFile {
    /** The one that a project has among its files. */
    static final String NAME = "job.json";

    private ManifestFile() {}

    /** @throws UsageException if it is not there, or no JSON object */
    static ObjectNode read(Path file) throws IOException {
        String text = TextFile.read(file.toString(), Limits.MANIFEST_BYTES);
        try {
            JsonNode tree = Json.MAPPER.readTree(text);
            if (tree instanceof ObjectNode manifest) {
                return manifest;
            }
            throw new UsageException("%s is not a JSON object.".formatted(file));
        } catch (JsonProcessingException slip) {
            throw new UsageException(TextFile.notJson(file, slip));
        }
    }
}
