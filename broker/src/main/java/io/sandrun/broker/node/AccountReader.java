package io.sandrun.broker.node;

import io.sandrun.broker.JsonFields;
import io.sandrun.broker.Refusal;
import io.sandrun.broker.artifact.Artifact;
import io.sandrun.protocol.JobFiles.Form;
import io.sandrun.protocol.JobFiles.Input;
import io.sandrun.protocol.JobLimits;
import io.sandrun.protocol.Limits;
import io.sandrun.protocol.identity.AttemptAccount;
import io.sandrun.protocol.identity.AttemptAccount.Course;
import io.sandrun.protocol.identity.AttemptAccount.NodeClock;
import io.sandrun.protocol.identity.AttemptAccount.Task;
import java.util.Arrays;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Reads what a node says of an attempt for its receipt. What it says may be false, but is of this form. */
final class AccountReader {
    private static final int WORD_BYTES = 256;
    private static final int DIGEST_BYTES = 64;

    private AccountReader() {}

    /** @throws Refusal for the first field that does not fit */
    static AttemptAccount read(JsonFields fields) {
        return new AttemptAccount(
                task(part(fields, "task")),
                course(part(fields, "course")),
                fields.requiredText("signature", WORD_BYTES));
    }

    private static JsonFields part(JsonFields fields, String name) {
        return fields.object(name).orElseThrow(() -> Refusal.missingField(fields.place(name), "an object"));
    }

    private static Task task(JsonFields fields) {
        return new Task(
                (int) fields.requiredWholeNumber("attempt", 1, Integer.MAX_VALUE),
                fields.requiredText("interpreter", WORD_BYTES),
                fields.has("code_sha256") ? digest(fields, "code_sha256") : null,
                fields.text("entrypoint", Limits.PATH_BYTES).orElse(null),
                fields.objects("inputs", Limits.UPLOAD_FILES).stream()
                        .map(AccountReader::input)
                        .toList(),
                fields.text("requirements", Limits.PATH_BYTES).orElse(null),
                digest(fields, "args_sha256"),
                digest(fields, "env_sha256"),
                digest(fields, "stdin_sha256"),
                limits(part(fields, "limits")));
    }

    private static Input input(JsonFields fields) {
        String form = fields.requiredText("form", WORD_BYTES);
        return new Input(
                digest(fields, "sha256"),
                fields.requiredWholeNumber("size_bytes", 0, Long.MAX_VALUE),
                Arrays.stream(Form.values())
                        .filter(known -> known.wire().equals(form))
                        .findFirst()
                        .orElseThrow(() -> Refusal.invalidField(fields.place("form"), "archive or file")),
                fields.text("path", Limits.PATH_BYTES).orElse(null));
    }

    private static JobLimits limits(JsonFields fields) {
        return new JobLimits(
                number(fields, "timeout"),
                fields.number("cpu_seconds", 0, Double.MAX_VALUE).orElse(null),
                count(fields, "memory_mb"),
                count(fields, "processes"),
                count(fields, "disk_mb"),
                count(fields, "cores"));
    }

    private static double number(JsonFields fields, String name) {
        return fields.number(name, 0, Double.MAX_VALUE)
                .orElseThrow(() -> Refusal.missingField(fields.place(name), "a number"));
    }

    private static int count(JsonFields fields, String name) {
        return (int) fields.requiredWholeNumber(name, 0, Integer.MAX_VALUE);
    }

    private static Course course(JsonFields fields) {
        JsonFields clock = part(fields, "node_clock");
        return new Course(
                fields.text("interpreter_version", WORD_BYTES).orElse(null),
                new NodeClock(
                        clock.requiredWholeNumber("claimed_at_ms", Long.MIN_VALUE, Long.MAX_VALUE),
                        time(clock, "started_at_ms"),
                        time(clock, "ended_at_ms")),
                digest(fields, "stdout_sha256"),
                digest(fields, "stderr_sha256"));
    }

    private static @Nullable Long time(JsonFields fields, String name) {
        Optional<Long> time = fields.wholeNumber(name, Long.MIN_VALUE, Long.MAX_VALUE);
        return time.orElse(null);
    }

    private static String digest(JsonFields fields, String name) {
        String digest = fields.requiredText(name, DIGEST_BYTES);
        if (!Artifact.isDigest(digest)) {
            throw Refusal.invalidField(fields.place(name), "64 lower-case hexadecimal digits");
        }
        return digest;
    }
}
