package io.sandrun.broker;

import io.sandrun.broker.audit.AuditCheck;
import io.sandrun.broker.trust.ServiceIdentity;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Consumer;

/** Reads the audit log among a broker's data, which may be running. */
public final class AuditPages {
    private AuditPages() {}

    /** Whether it is whole and unchanged, and signed by that broker. */
    public static AuditFinding check(Path dataDirectory) throws IOException {
        Path directory = dataDirectory.resolve(Broker.AUDIT);
        if (!Files.isDirectory(directory)) {
            return new AuditFinding(0, "there is no audit log in " + dataDirectory);
        }
        return AuditCheck.ofLog(directory, ServiceIdentity.id(dataDirectory));
    }

    /** Whether the lines of one of its files follow each other. */
    public static AuditFinding checkFile(Path file) throws IOException {
        return AuditCheck.ofFile(file);
    }

    /** Gives every line as it is, the oldest first. */
    public static void each(Path dataDirectory, Consumer<String> reader) throws IOException {
        AuditCheck.each(dataDirectory.resolve(Broker.AUDIT), reader);
    }
}
