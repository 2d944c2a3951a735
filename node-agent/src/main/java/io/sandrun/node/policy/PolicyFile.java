package io.sandrun.node.policy;

import com.fasterxml.jackson.databind.JsonNode;
import io.sandrun.node.json.StrictJson.MisfitException;
import io.sandrun.protocol.Json;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The owner's policy and the file that it comes from. One that cannot be read, later, never means that everything is
 * allowed: the last good one stays, and so it does when the file is gone. For one thread.
 */
public final class PolicyFile {
    private static final Logger log = LoggerFactory.getLogger(PolicyFile.class);

    private final Path file;
    private OwnerPolicy policy = OwnerPolicy.NONE;
    private JsonNode written = Json.MAPPER.createObjectNode();
    private boolean isRead;
    private String fault = "";

    /**
     * Reads it for the first time.
     *
     * @param mayBeAbsent whether no file means no rules, until there is one
     * @throws PolicyException if it cannot be read
     */
    public PolicyFile(Path file, boolean mayBeAbsent) throws PolicyException {
        this.file = file;
        try {
            read();
        } catch (NoSuchFileException absent) {
            if (!mayBeAbsent) {
                throw new PolicyException(absence());
            }
        }
    }

    Path file() {
        return file;
    }

    /** The last good one. */
    OwnerPolicy policy() {
        return policy;
    }

    /** Likewise, as the file had it. */
    public JsonNode written() {
        return written;
    }

    /** What is wrong with the file now; empty if it is what is in force. */
    String fault() {
        return fault;
    }

    /** Looks at the file again. */
    void look() {
        try {
            read();
            fault = "";
        } catch (NoSuchFileException absent) {
            note(isRead ? absence() : "");
        } catch (PolicyException wrong) {
            note(String.valueOf(wrong.getMessage()));
        }
    }

    private String absence() {
        return file + " is not there: write the rules for this machine into it, or {} for none.";
    }

    private void note(String now) {
        if (!now.isEmpty() && !now.equals(fault)) {
            log.warn("The policy stays as it was: {}", now);
        }
        fault = now;
    }

    private void read() throws PolicyException, NoSuchFileException {
        try {
            byte[] bytes = OwnersFile.read(file);
            policy = PolicyReader.read(bytes);
            written = Json.MAPPER.readTree(bytes);
            isRead = true;
        } catch (NoSuchFileException absent) {
            throw absent;
        } catch (IOException unreadable) {
            throw new PolicyException(file + " cannot be read: " + unreadable.getMessage() + ".");
        } catch (MisfitException misfit) {
            throw new PolicyException(file + ": " + misfit.sentence());
        }
    }
}
