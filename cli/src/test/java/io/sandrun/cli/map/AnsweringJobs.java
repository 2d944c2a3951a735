package io.sandrun.cli.map;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.sandrun.protocol.JobResult;
import io.sandrun.protocol.Json;
import io.sandrun.protocol.Outcome;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.function.UnaryOperator;

/** Jobs that a function answers, some later than others; the same key is the same job. Thread-safe. */
final class AnsweringJobs implements MapRun.Jobs {
    private final Random random;
    private final UnaryOperator<String> program;
    private final Map<String, String> inputs = new HashMap<>();
    private final List<String> submitted = new ArrayList<>();
    private int left = Integer.MAX_VALUE;

    /** @param program what it prints for an input; null where it fails */
    AnsweringJobs(long seed, UnaryOperator<String> program) {
        this.random = new Random(seed);
        this.program = program;
    }

    /** After so many results nobody answers any more. */
    synchronized AnsweringJobs goneAfter(int results) {
        left = results;
        return this;
    }

    /** The keys of all jobs, each once. */
    synchronized List<String> submitted() {
        return List.copyOf(submitted);
    }

    @Override
    public synchronized String submit(String input, String key) {
        if (inputs.put(key, input) == null) {
            submitted.add(key);
        }
        return key;
    }

    @Override
    public synchronized Optional<JobResult> result(String jobId, double waitSeconds) throws IOException {
        if (random.nextInt(4) != 0) {
            return Optional.empty();
        }
        if (left-- <= 0) {
            throw new InterruptedIOException("gone");
        }
        String output = program.apply(inputs.get(jobId));
        Outcome outcome = output == null ? Outcome.EXIT_NONZERO : Outcome.OK;
        ObjectNode result = Json.MAPPER
                .createObjectNode()
                .put("job_id", jobId)
                .put("output", output == null ? "" : output)
                .put("error", output == null ? "Traceback" : "")
                .put("exit_code", output == null ? 1 : 0)
                .put("state", outcome.finalState().wire())
                .put("code", outcome.wire())
                .put("reason", output == null ? "The program exited with 1." : "");
        return Optional.of(Json.MAPPER.convertValue(result, JobResult.class));
    }
}
