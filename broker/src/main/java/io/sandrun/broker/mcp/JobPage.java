package io.sandrun.broker.mcp;

import com.fasterxml.jackson.databind.JsonNode;
import io.sandrun.protocol.JobResult;
import io.sandrun.protocol.JobState;
import io.sandrun.protocol.Outcome;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A job as a model is told of it. */
final class JobPage {
    private JobPage() {}

    static JobState state(JsonNode status) {
        return JobState.ofWire(status.path("state").asText());
    }

    /** Where it stands, in half a line. */
    static String inShort(JsonNode status) {
        JsonNode waits = status.path("pending_reason");
        return status.path("state").asText() + (waits.isTextual() ? ": " + waits.asText() : "");
    }

    /** Of one that goes on: what to call for its end. */
    static ToolAnswer open(JsonNode status) {
        String jobId = status.path("job_id").asText();
        Map<String, Object> facts = new LinkedHashMap<>();
        facts.put("job_id", jobId);
        facts.put("state", status.path("state").asText());
        facts.put("finished", false);
        String next =
                "Call check_job_status with this job_id and wait_seconds for its result, get_job_logs for what it "
                        + "prints meanwhile, or cancel_job to end it.";
        facts.put("next", next);
        return ToolAnswer.of(
                "Job %s is not finished: it is %s.%nWhat to do: %s".formatted(jobId, inShort(status), next), facts);
    }

    /**
     * Of one that has ended.
     *
     * @param outputs as {@code GET /outputs/ID} tells them
     */
    static ToolAnswer ended(JobResult result, JsonNode outputs) {
        Map<String, Object> facts = new LinkedHashMap<>();
        facts.put("job_id", result.jobId());
        facts.put("state", result.state().wire());
        facts.put("finished", true);
        facts.put("code", result.code().wire());
        facts.put("exit_code", result.exitCode());
        facts.put("wall_time_ms", result.wallTimeMs());
        facts.put("outputs", outputs.path("files"));
        StringBuilder text = new StringBuilder("Job %s has ended (%s), exit code %d, after %.1f s."
                .formatted(result.jobId(), result.code().wire(), result.exitCode(), result.wallTimeMs() / 1e3));
        if (!result.reason().isEmpty()) {
            text.append("%nWhy: %s".formatted(result.reason()));
        }
        String rest = "call get_job_logs with this job_id";
        stream(text, "stdout", result.output(), result.outputBytes(), ToolLimits.STDOUT_BYTES, rest);
        stream(text, "stderr", result.error(), result.errorBytes(), ToolLimits.STDERR_BYTES, rest);
        if (!outputs.path("files").isEmpty()) {
            text.append("%n%nFiles (read_output shows one):%n%s".formatted(files(outputs)));
        }
        String advice = Advice.about(result.code());
        if (advice != null) {
            facts.put("next", advice);
            text.append("%n%nWhat to do: %s".formatted(advice));
        }
        return new ToolAnswer(text.toString(), facts, List.of(), result.code() != Outcome.OK);
    }

    private static void stream(
            StringBuilder text, String name, String printed, long printedBytes, int bytesMax, String rest) {
        if (printed.isEmpty()) {
            return;
        }
        text.append("%n%n--- %s%n".formatted(name))
                .append(Excerpt.of(printed, printedBytes, bytesMax, rest + " and stream " + name)
                        .stripTrailing());
    }

    /** A line for each. */
    static String files(JsonNode outputs) {
        StringBuilder lines = new StringBuilder();
        int named = 0;
        for (JsonNode file : outputs.path("outputs")) {
            if (named++ == ToolLimits.FILES_NAMED) {
                break;
            }
            lines.append("%s (%,d bytes, %s)%n"
                    .formatted(
                            file.path("path").asText(),
                            file.path("size_bytes").asLong(),
                            file.path("type").asText()));
        }
        int more = outputs.path("outputs").size() - ToolLimits.FILES_NAMED;
        if (more > 0) {
            lines.append("... and %,d more; let a program pack them into one file.%n".formatted(more));
        }
        return lines.toString().stripTrailing();
    }
}
