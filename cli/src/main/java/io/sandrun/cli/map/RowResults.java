package io.sandrun.cli.map;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.sandrun.cli.map.Rows.Chunk;
import io.sandrun.protocol.BrokerException;
import io.sandrun.protocol.JobResult;
import io.sandrun.protocol.Json;
import io.sandrun.protocol.Outcome;
import java.util.ArrayList;
import java.util.List;

/**
 * What came of the rows of one job.
 *
 * @param rows in the order of the rows, an object each
 */
record RowResults(boolean areGood, List<ObjectNode> rows) {
    /** Of standard error, characters: the end of a traceback. */
    private static final int ERROR_CHARACTERS = 2_000;

    /** Of a job that has ended: the whole output is that of its only row, or each line that of one of its rows. */
    static RowResults of(Chunk chunk, JobResult result) {
        if (result.code() != Outcome.OK) {
            String error = result.reason().isEmpty() ? result.code().wire() : result.reason();
            return failed(chunk, result, result.code().wire(), error);
        }
        if (result.outputTruncated()) {
            return failed(chunk, result, "output_cut", "The job printed more than is kept: let it print less a row.");
        }
        int count = chunk.rows().size();
        List<String> outputs =
                count == 1 ? List.of(result.output()) : result.output().lines().toList();
        if (outputs.size() != count) {
            return failed(
                    chunk,
                    result,
                    "lines_differ",
                    "The job had %d rows and printed %d lines: it must print one for each."
                            .formatted(count, outputs.size()));
        }
        List<ObjectNode> rows = new ArrayList<>();
        for (int index = 0; index < count; index++) {
            ObjectNode row = row(chunk, index).put("code", result.code().wire()).put("job_id", result.jobId());
            row.set("value", value(outputs.get(index)));
            rows.add(row);
        }
        return new RowResults(true, rows);
    }

    /** Of one that the broker did not take. */
    static RowResults refused(Chunk chunk, BrokerException refused) {
        List<ObjectNode> rows = new ArrayList<>();
        for (int index = 0; index < chunk.rows().size(); index++) {
            rows.add(row(chunk, index)
                    .put("code", refused.body().code())
                    .put("error", refused.body().error()));
        }
        return new RowResults(false, rows);
    }

    private static RowResults failed(Chunk chunk, JobResult result, String code, String error) {
        List<ObjectNode> rows = new ArrayList<>();
        for (int index = 0; index < chunk.rows().size(); index++) {
            rows.add(row(chunk, index)
                    .put("code", code)
                    .put("job_id", result.jobId())
                    .put("error", error)
                    .put("exit_code", result.exitCode())
                    .put("stderr", end(result.error())));
        }
        return new RowResults(false, rows);
    }

    private static ObjectNode row(Chunk chunk, int index) {
        return Json.MAPPER.createObjectNode().put("row", chunk.lines().get(index));
    }

    /** JSON where it is some, else the text without its last line end. */
    private static JsonNode value(String output) {
        try {
            JsonNode value = Json.MAPPER.readTree(output);
            if (value != null && !value.isMissingNode()) {
                return value;
            }
        } catch (JsonProcessingException text) {
            // Then it is text.
        }
        return Json.MAPPER.getNodeFactory().textNode(output.stripTrailing());
    }

    private static String end(String text) {
        return text.length() <= ERROR_CHARACTERS ? text : text.substring(text.length() - ERROR_CHARACTERS);
    }
}
