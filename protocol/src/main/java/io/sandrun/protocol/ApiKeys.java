package io.sandrun.protocol;

import com.fasterxml.jackson.databind.JsonNode;
import io.sandrun.protocol.KeyClient.Wish;
import java.io.IOException;

/** The API keys of one broker. Answers are those of {@code /keys}; a refusal is an exception with its sentence. */
public interface ApiKeys {
    /** The answer has the key itself under {@code key}, this once. */
    JsonNode create(Wish wish) throws IOException;

    JsonNode list() throws IOException;

    /** Ends the key of this id at once. */
    JsonNode revoke(String id) throws IOException;
}
