package io.sandrun.broker.job;

import io.sandrun.broker.JsonFields;
import io.sandrun.broker.Refusal;
import io.sandrun.protocol.ErrorCode;
import io.sandrun.protocol.Interpreters;
import io.sandrun.protocol.Limits;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Reads what a client submits: checked, bounded, and with every default filled in. Thread-safe. */
public final class JobSubmission {
    private static final int NAME_BYTES = 128;

    private final TermsReader terms;

    /** @param jobTimeout what a job gets that names no time limit */
    public JobSubmission(Duration jobTimeout, Clock clock) {
        this.terms = new TermsReader(jobTimeout, clock);
    }

    /** @throws Refusal for the first field that does not fit */
    public JobRequest read(JsonFields fields) {
        String code = fields.requiredText("code", Limits.CODE_BYTES);
        String interpreter = interpreter(fields).orElse(Interpreters.DEFAULT);
        JobTerms read = terms.read(fields);
        fields.refuseUnknown();
        if (code.isEmpty()) {
            throw Refusal.invalidField(fields.place("code"), "a program, and not empty");
        }
        return read.snippet(code, interpreter);
    }

    /** A batch: every job checked, so that the refusal of one is the refusal of all. */
    public List<JobRequest> readBatch(JsonFields fields) {
        List<JsonFields> jobs = fields.objects("jobs", Limits.BATCH_JOBS);
        fields.refuseUnknown();
        if (jobs.isEmpty()) {
            throw Refusal.missingField(fields.place("jobs"), "a list of 1 to " + Limits.BATCH_JOBS + " jobs");
        }
        return jobs.stream().map(this::read).toList();
    }

    /** A project's manifest: the same fields, but for the program, which lies among its files. */
    public Manifest readManifest(JsonFields fields) {
        String entrypoint = fields.text(Manifest.ENTRYPOINT, Limits.PATH_BYTES).orElse(null);
        String interpreter = interpreter(fields).orElse(null);
        String requirements =
                fields.text(Manifest.REQUIREMENTS, Limits.PATH_BYTES).orElse(null);
        JobTerms read = terms.read(fields);
        fields.refuseUnknown();
        return new Manifest(entrypoint, interpreter, requirements, fields::place, read);
    }

    private static Optional<String> interpreter(JsonFields fields) {
        return fields.text(Manifest.INTERPRETER, NAME_BYTES)
                .map(written -> Interpreters.canonical(written)
                        .orElseThrow(() -> new Refusal(
                                ErrorCode.UNKNOWN_INTERPRETER,
                                "There is no interpreter of this name; there are: "
                                        + String.join(", ", Interpreters.NAMES) + ".",
                                Map.of("field", fields.place(Manifest.INTERPRETER), "expected", Interpreters.NAMES))));
    }
}
