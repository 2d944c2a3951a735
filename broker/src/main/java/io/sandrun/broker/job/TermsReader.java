package io.sandrun.broker.job;

import io.sandrun.broker.JsonFields;
import io.sandrun.broker.Refusal;
import io.sandrun.broker.job.JobRequest.Reuse;
import io.sandrun.broker.reputation.Terms;
import io.sandrun.protocol.ErrorCode;
import io.sandrun.protocol.JobLimits;
import io.sandrun.protocol.JobNeeds;
import io.sandrun.protocol.Limits;
import io.sandrun.runtime.pattern.OutputPatterns;
import java.time.Clock;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/** Reads the fields that a snippet and a project have in common. Thread-safe. */
final class TermsReader {
    private static final Pattern VARIABLE_NAME = Pattern.compile("[A-Za-z_][A-Za-z0-9_]*");
    private static final String CACHE = "cache";
    private static final String OUTPUTS = "outputs";
    private static final int NAME_BYTES = 128;

    private final double defaultTimeoutSeconds;
    private final WishReader wishes;

    TermsReader(Duration jobTimeout, Clock clock) {
        this.wishes = new WishReader(clock);
        this.defaultTimeoutSeconds = jobTimeout.toMillis() / 1000.0;
    }

    /** @throws Refusal for the first field that does not fit */
    JobTerms read(JsonFields fields) {
        List<String> args = fields.texts("args", Limits.ARGS_OR_ENV_ENTRIES, Limits.ARGS_AND_ENV_BYTES);
        Map<String, String> env = fields.textMap("env", Limits.ARGS_OR_ENV_ENTRIES, Limits.ARGS_AND_ENV_BYTES);
        String stdin = fields.text("stdin", Limits.STDIN_BYTES).orElse("");
        JobNeeds needs = NeedsReader.read(fields);
        JobLimits limits = limits(fields, needs.cores());
        List<String> outputs = outputs(fields);
        JobRequest.Wishes wished = wishes.read(fields);
        Reuse reuse = reuse(fields);
        Terms verify = VerifyReader.read(fields, needs, wished);
        checkArgsAndEnv(fields, args, env);
        return new JobTerms(args, env, stdin, limits, needs, outputs, wished, reuse, verify);
    }

    private static List<String> outputs(JsonFields fields) {
        List<String> patterns = fields.texts(OUTPUTS, OutputPatterns.MAX_PATTERNS, Limits.OUTPUT_PATTERN_BYTES);
        for (int index = 0; index < patterns.size(); index++) {
            try {
                OutputPatterns.parse(List.of(patterns.get(index)));
            } catch (IllegalArgumentException absurd) {
                String place = fields.place(OUTPUTS) + "[" + index + "]";
                throw new Refusal(
                        ErrorCode.INVALID_FIELD,
                        String.valueOf(absurd.getMessage()),
                        Map.of("field", place, "expected", "a path or pattern such as report.txt, plots/ or *.png"));
            }
        }
        return patterns;
    }

    private static Reuse reuse(JsonFields fields) {
        if (fields.isText(CACHE)) {
            if (fields.requiredText(CACHE, NAME_BYTES).equals("shared")) {
                return Reuse.SHARED;
            }
        } else if (fields.isFlag(CACHE) || !fields.has(CACHE)) {
            return fields.flag(CACHE).orElse(false) ? Reuse.OWN : Reuse.NEVER;
        }
        throw Refusal.invalidField(fields.place(CACHE), "true, false or \"shared\"");
    }

    private JobLimits limits(JsonFields fields, int cores) {
        return new JobLimits(
                fields.number("timeout", Limits.TIMEOUT_SECONDS_MIN, Limits.TIMEOUT_SECONDS_MAX)
                        .orElse(defaultTimeoutSeconds),
                fields.number("cpu_seconds", Limits.TIMEOUT_SECONDS_MIN, Limits.CPU_SECONDS_MAX)
                        .orElse(null),
                wholeNumber(fields, "memory_mb", Limits.MEMORY_MB_MIN, Limits.MEMORY_MB_MAX, Limits.MEMORY_MB_DEFAULT),
                wholeNumber(fields, "processes", 1, Limits.PROCESSES_MAX, Limits.PROCESSES_DEFAULT),
                wholeNumber(fields, "disk_mb", Limits.DISK_MB_MIN, Limits.DISK_MB_MAX, Limits.DISK_MB_DEFAULT),
                cores);
    }

    private static int wholeNumber(JsonFields fields, String name, int min, int max, int otherwise) {
        return fields.wholeNumber(name, min, max).orElse((long) otherwise).intValue();
    }

    /** What the kernel cannot pass to a program is refused here, where somebody can still mend it. */
    private static void checkArgsAndEnv(JsonFields fields, List<String> args, Map<String, String> env) {
        for (int index = 0; index < args.size(); index++) {
            checkNoNul(args.get(index), fields.place("args[" + index + "]"));
        }
        env.forEach((name, value) -> {
            if (!VARIABLE_NAME.matcher(name).matches()) {
                throw Refusal.invalidField(
                        fields.place("env"), "an object whose names are letters, digits and _, as " + VARIABLE_NAME);
            }
            checkNoNul(value, fields.place("env." + name));
        });
        long characters = characters(args) + characters(env.keySet()) + characters(env.values());
        if (characters > Limits.ARGS_AND_ENV_BYTES) {
            String field = characters(args) > Limits.ARGS_AND_ENV_BYTES / 2 ? "args" : "env";
            throw Refusal.invalidField(
                    fields.place(field),
                    "together with the rest of args and env at most " + Limits.ARGS_AND_ENV_BYTES + " bytes");
        }
    }

    private static void checkNoNul(String text, String place) {
        if (text.indexOf('\0') >= 0) {
            throw Refusal.invalidField(place, "a text without NUL characters");
        }
    }

    private static long characters(Collection<String> texts) {
        return texts.stream().mapToLong(String::length).sum();
    }
}
