package io.sandrun.broker.job;

import io.sandrun.protocol.JobFiles.Input;
import io.sandrun.protocol.JobFiles.Requirements;
import java.util.List;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * What a client says of a project: checked for itself, not yet against the files.
 *
 * @param entrypoint as written, or null if it is to be found
 * @param interpreter one of {@link io.sandrun.protocol.Interpreters#NAMES}, or null if the entrypoint's name tells
 * @param requirements the file that lists them, as written, or null for none
 * @param places where a field stands, to name it in a refusal
 */
public record Manifest(
        @Nullable String entrypoint,
        @Nullable String interpreter,
        @Nullable String requirements,
        UnaryOperator<String> places,
        JobTerms terms) {
    public static final String ENTRYPOINT = "entrypoint";
    public static final String INTERPRETER = "interpreter";
    public static final String REQUIREMENTS = "requirements";

    /** How a refusal names one of its fields. */
    public String place(String field) {
        return places.apply(field);
    }

    /** The disk that the job asks for, MiB: the files must fit. */
    public int diskMb() {
        return terms.limits().diskMb();
    }

    /** The job, now that its files are known. */
    public JobRequest request(
            String program, List<Input> inputs, String entrypointPath, @Nullable Requirements required) {
        return terms.project(program, inputs, entrypointPath, required);
    }
}
