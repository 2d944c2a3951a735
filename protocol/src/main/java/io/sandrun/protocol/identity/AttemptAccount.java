package io.sandrun.protocol.identity;

import com.fasterxml.jackson.databind.JsonNode;
import io.sandrun.protocol.JobFiles.Input;
import io.sandrun.protocol.JobFiles.Requirements;
import io.sandrun.protocol.JobLimits;
import io.sandrun.protocol.Json;
import io.sandrun.protocol.NodeMessages.ClaimedJob;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What a node says of an attempt beside its report. Together they make the {@link Receipt}, so that nothing is said
 * twice.
 *
 * @param signature the node's on the receipt, base64; null before it has signed
 */
public record AttemptAccount(
        Task task, Course course, @Nullable String signature) {
    /** The same with a signature. */
    public AttemptAccount signed(String newSignature) {
        return new AttemptAccount(task, course, newSignature);
    }

    /**
     * What the node was given to do. Arguments, variables and standard input may hold secrets, so that only their
     * digests are told.
     *
     * @param attempt counts from 1
     * @param codeSha256 of a snippet's text as UTF-8, hex; null for a project
     * @param entrypoint of a project; null for a snippet
     * @param requirements the path of the file that lists them, or null
     * @param argsSha256 of the {@link CanonicalJson} of the list, hex
     * @param envSha256 of the canonical JSON of the job's own variables
     * @param stdinSha256 of the bytes
     */
    public record Task(
            int attempt,
            String interpreter,
            @Nullable String codeSha256,
            @Nullable String entrypoint,
            List<Input> inputs,
            @Nullable String requirements,
            String argsSha256,
            String envSha256,
            String stdinSha256,
            JobLimits limits) {
        public Task {
            inputs = List.copyOf(inputs);
        }

        /** What both sides know from the claim. */
        public static Task of(ClaimedJob job) {
            Requirements requirements = job.files().requirements();
            return new Task(
                    job.attempt(),
                    job.interpreter(),
                    job.files().isProject() ? null : Digest.ofText(job.code()),
                    job.files().entrypoint(),
                    job.files().inputs(),
                    requirements == null ? null : requirements.path(),
                    Digest.of(Json.MAPPER.valueToTree(job.args())),
                    Digest.of(Json.MAPPER.valueToTree(job.env())),
                    Digest.ofText(job.stdin()),
                    job.limits());
        }

        /** The fields in which another one differs, by their names on the wire. */
        public List<String> differences(Task other) {
            JsonNode mine = Json.MAPPER.valueToTree(this);
            JsonNode theirs = Json.MAPPER.valueToTree(other);
            return mine.properties().stream()
                    .filter(field -> !field.getValue().equals(theirs.get(field.getKey())))
                    .map(field -> Objects.requireNonNull(field.getKey()))
                    .toList();
        }
    }

    /**
     * How it went, as far as only the node knows.
     *
     * @param interpreterVersion plain numbers, or null if it does not tell or none was chosen
     * @param stdoutSha256 of all that the program printed, also of what was not kept
     */
    public record Course(
            @Nullable String interpreterVersion, NodeClock nodeClock, String stdoutSha256, String stderrSha256) {}

    /**
     * Milliseconds since 1970 by the node's own clock, which nobody has checked.
     *
     * @param startedAtMs the program was started, or null
     * @param endedAtMs nothing of the program was left, or null
     */
    public record NodeClock(
            long claimedAtMs,
            @Nullable Long startedAtMs,
            @Nullable Long endedAtMs) {}
}
