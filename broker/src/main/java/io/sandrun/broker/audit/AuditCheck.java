package io.sandrun.broker.audit;

import com.fasterxml.jackson.databind.JsonNode;
import io.sandrun.broker.AuditFinding;
import io.sandrun.protocol.identity.Digest;
import io.sandrun.protocol.identity.WorkerKey;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Finds out whether a log of {@link AuditLog} is whole and unchanged. For one check. */
public final class AuditCheck {
    private long number;
    private String sha256 = AuditChain.ORIGIN;
    private boolean hasBegun;
    private boolean mayHaveLostOldest;
    private long lines;
    private @Nullable String signedSha256;

    private AuditCheck() {}

    /** Looks at one file of a log: whether its lines follow each other. */
    public static AuditFinding ofFile(Path file) throws IOException {
        AuditCheck check = new AuditCheck();
        check.mayHaveLostOldest = true;
        String fault = check.read(file, -1);
        return new AuditFinding(check.lines, fault);
    }

    /**
     * Looks at a whole log, and whether it has the end that was signed.
     *
     * @param workerId of the broker whose log it is; null if that is not known
     */
    public static AuditFinding ofLog(Path directory, @Nullable String workerId) throws IOException {
        // Before the lines: while a broker runs, there may be more of those than were signed, and never fewer.
        JsonNode head = head(directory);
        AuditCheck check = new AuditCheck();
        List<Path> files = AuditChain.files(directory);
        // Old files are deleted only when there are so many; the last may be yet to come, or have been empty.
        check.mayHaveLostOldest = files.size() >= AuditLog.FILES_MAX - 1;
        for (Path file : files) {
            String fault = check.read(file, head.path("n").asLong(-1));
            if (fault != null) {
                return new AuditFinding(check.lines, fault);
            }
        }
        if (files.isEmpty() && head.isMissingNode()) {
            return new AuditFinding(0, "there is no audit log in " + directory);
        }
        return new AuditFinding(check.lines, check.faultOfEnd(head, workerId));
    }

    /** Gives every line as it is, the oldest first. */
    public static void each(Path directory, Consumer<String> reader) throws IOException {
        for (Path file : AuditChain.files(directory)) {
            try (BufferedReader lines = Files.newBufferedReader(file)) {
                lines.lines().forEach(reader);
            }
        }
    }

    private static JsonNode head(Path directory) throws IOException {
        Path file = directory.resolve(AuditChain.HEAD_FILE);
        return AuditChain.parse(Files.exists(file) ? Files.readString(file) : "");
    }

    private @Nullable String read(Path file, long signedNumber) throws IOException {
        try (BufferedReader reader = Files.newBufferedReader(file)) {
            int place = 0;
            for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                place++;
                lines++;
                String fault = fault(line);
                if (fault == null && place == 1 && !isNamedAfter(file, number)) {
                    fault = "it is not the one after which the file is named: those before it are gone";
                }
                if (fault != null) {
                    return "%s, line %d: %s".formatted(file.getFileName(), place, fault);
                }
                if (number == signedNumber) {
                    signedSha256 = sha256;
                }
            }
            return null;
        } catch (CharacterCodingException broken) {
            return "%s, after line %d: it is not text".formatted(file.getFileName(), lines);
        }
    }

    /** A copy may have any name. */
    private static boolean isNamedAfter(Path file, long number) {
        String name = file.getFileName().toString();
        return !AuditChain.isFileName(name) || name.equals(AuditChain.fileName(number));
    }

    private @Nullable String fault(String line) {
        JsonNode parsed = AuditChain.parse(line);
        if (!parsed.isObject() || !parsed.path("n").isIntegralNumber()) {
            return "it is no line of an audit log";
        }
        long found = parsed.path("n").asLong();
        boolean isOldest = !hasBegun && found > 1;
        if (isOldest && !mayHaveLostOldest) {
            return "it has the number %d, and the log begins with 1: what was before it is gone".formatted(found);
        }
        if (hasBegun && found != number + 1) {
            return "it has the number %d, and %d should follow".formatted(found, number + 1);
        }
        if (!isOldest && !parsed.path("previous").asText().equals(sha256)) {
            return "the line before it is not the one that it was written after";
        }
        hasBegun = true;
        number = found;
        sha256 = Digest.ofText(line);
        return null;
    }

    private @Nullable String faultOfEnd(JsonNode head, @Nullable String workerId) {
        String signer = head.path("worker_id").asText();
        long signedNumber = head.path("n").asLong(-1);
        String headSha256 = head.path("sha256").asText();
        if (!head.isObject()) {
            return "its end was never signed, or the signature is gone (" + AuditChain.HEAD_FILE + ")";
        }
        boolean isSigned = WorkerKey.of(signer)
                .filter(key -> key.hasSigned(
                        AuditChain.headMessage(signedNumber, headSha256),
                        head.path("signature").asText()))
                .isPresent();
        if (!isSigned || (workerId != null && !workerId.equals(signer))) {
            return "the signature of its end is not this broker's (" + AuditChain.HEAD_FILE + ")";
        }
        if (number < signedNumber) {
            return "it ends with line number %d, and number %d was signed: the end is cut off"
                    .formatted(number, signedNumber);
        }
        return headSha256.equals(signedSha256)
                ? null
                : "line number %d is not the one that was signed".formatted(signedNumber);
    }
}
