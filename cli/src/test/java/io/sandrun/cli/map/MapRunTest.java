package io.sandrun.cli.map;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.sandrun.protocol.Json;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MapRunTest {
    private static final ObjectNode PLAN = Json.MAPPER.createObjectNode().put("a", "plan");

    private final long seed = System.nanoTime();

    @TempDir
    Path directory;

    /** What came out of a run. */
    private static final class Out implements MapRun.Listener {
        private final List<JsonNode> rows = new ArrayList<>();

        @Override
        public void row(JsonNode result) {
            rows.add(result);
        }

        @Override
        public void progress(long done, long failed) {}

        List<Integer> lines() {
            return rows.stream().map(row -> row.path("row").asInt()).toList();
        }

        List<String> values() {
            return rows.stream().map(row -> row.path("value").asText()).toList();
        }
    }

    private Path rows(int count) throws IOException {
        String text =
                IntStream.rangeClosed(1, count).mapToObj(Integer::toString).collect(Collectors.joining("\n"));
        return Files.writeString(directory.resolve("rows.jsonl"), text + "\n");
    }

    private long run(AnsweringJobs jobs, Path rows, int batch, Out out) throws Exception {
        try (Rows open = Rows.open(rows, batch);
                MapRun run = new MapRun(directory.resolve("state"), PLAN, 7, jobs, out)) {
            return run.run(open);
        }
    }

    private static String doubled(String input) {
        return input.lines()
                        .map(row -> Integer.toString(2 * Integer.parseInt(row)))
                        .collect(Collectors.joining("\n")) + "\n";
    }

    @Test
    void rows_come_out_in_their_order_however_their_jobs_end() throws Exception {
        System.out.println("seed " + seed);
        Out out = new Out();
        assertThat(run(new AnsweringJobs(seed, MapRunTest::doubled), rows(500), 1, out))
                .isZero();
        assertThat(out.lines()).isEqualTo(IntStream.rangeClosed(1, 500).boxed().toList());
        assertThat(out.values().get(499)).isEqualTo("1000");
    }

    @Test
    void a_run_that_breaks_down_within_a_row_does_not_take_itself_for_complete() throws Exception {
        Path rows = rows(20);
        AnsweringJobs jobs = new AnsweringJobs(seed, input -> {
            if (input.equals("9\n")) {
                throw new StackOverflowError("of a test, seed " + seed);
            }
            return doubled(input);
        });
        assertThatThrownBy(() -> run(jobs, rows, 1, new Out())).hasRootCauseInstanceOf(StackOverflowError.class);

        Out out = new Out();
        assertThat(run(new AnsweringJobs(seed, MapRunTest::doubled), rows, 1, out))
                .isZero();
        assertThat(out.lines()).isEqualTo(IntStream.rangeClosed(1, 20).boxed().toList());
    }

    @Test
    void a_batch_has_a_line_for_each_of_its_rows_or_is_an_error_of_all() throws Exception {
        Out out = new Out();
        assertThat(run(new AnsweringJobs(seed, MapRunTest::doubled), rows(10), 4, out))
                .isZero();
        assertThat(out.values()).containsExactly("2", "4", "6", "8", "10", "12", "14", "16", "18", "20");
        Files.delete(directory.resolve("state"));

        Out wrong = new Out();
        assertThat(run(new AnsweringJobs(seed, input -> "1\n"), rows(5), 4, wrong))
                .isEqualTo(4);
        assertThat(wrong.rows.get(0).path("code").asText()).isEqualTo("lines_differ");
        assertThat(wrong.rows.get(4).path("value").asInt()).isEqualTo(1);
    }

    @Test
    void a_run_that_broke_off_goes_on_where_it_was_and_runs_nothing_twice() throws Exception {
        System.out.println("seed " + seed);
        Path rows = rows(100);
        AnsweringJobs first = new AnsweringJobs(seed, MapRunTest::doubled).goneAfter(40);
        assertThatThrownBy(() -> run(first, rows, 1, new Out())).isInstanceOf(InterruptedIOException.class);
        // As a kill in the middle of a write would leave it.
        Path state = directory.resolve("state");
        String kept = Files.readString(state);
        Files.writeString(state, kept + "{\"chunk\": 99, \"go");
        // Its first line is not of a row. What came in the moment in which another row's thread broke off is not kept.
        int known = (int) kept.lines().count() - 1;
        assertThat(known).isPositive().isLessThanOrEqualTo(40);

        AnsweringJobs second = new AnsweringJobs(seed, MapRunTest::doubled);
        Out out = new Out();
        assertThat(run(second, rows, 1, out)).isZero();
        assertThat(out.lines()).hasSize(100).isSorted();
        assertThat(out.values().get(99)).isEqualTo("200");
        assertThat(second.submitted()).hasSize(100 - known);
        // What was submitted and not answered has the key that it had, so that the broker finds the job.
        assertThat(first.submitted())
                .hasSizeGreaterThan(40)
                .filteredOn(second.submitted()::contains)
                .hasSize(first.submitted().size() - known);
    }

    @Test
    void a_row_that_failed_keeps_its_error_and_is_a_new_job_the_next_time() throws Exception {
        Path rows = rows(3);
        AnsweringJobs failing = new AnsweringJobs(seed, input -> input.startsWith("2") ? null : doubled(input));
        Out out = new Out();
        assertThat(run(failing, rows, 1, out)).isEqualTo(1);
        assertThat(out.rows.get(1).path("code").asText()).isEqualTo("exit_nonzero");
        assertThat(out.rows.get(1).path("stderr").asText()).isEqualTo("Traceback");

        AnsweringJobs healed = new AnsweringJobs(seed, MapRunTest::doubled);
        Out again = new Out();
        assertThat(run(healed, rows, 1, again)).isZero();
        assertThat(again.values()).containsExactly("2", "4", "6");
        assertThat(healed.submitted()).hasSize(1).doesNotContainAnyElementsOf(failing.submitted());
    }

    @Test
    void the_state_of_another_run_and_a_line_that_is_no_row_are_refused() throws Exception {
        run(new AnsweringJobs(seed, MapRunTest::doubled), rows(2), 1, new Out());
        Path state = directory.resolve("state");
        ObjectNode other = Json.MAPPER.createObjectNode().put("another", "plan");
        assertThatThrownBy(() -> new MapRun(state, other, 1, new AnsweringJobs(seed, row -> row), new Out()))
                .isInstanceOf(RowException.class)
                .hasMessageContaining("--state");
        Path notes = Files.writeString(directory.resolve("notes.txt"), "dear diary\n");
        assertThatThrownBy(() -> new MapRun(notes, PLAN, 1, new AnsweringJobs(seed, row -> row), new Out()))
                .isInstanceOf(RowException.class);
        assertThat(Files.readString(notes)).isEqualTo("dear diary\n");
        Path huge = directory.resolve("disk.img");
        try (var image = new RandomAccessFile(huge.toFile(), "rw")) {
            image.setLength(3L << 30);
        }
        assertThatThrownBy(() -> new MapRun(huge, PLAN, 1, new AnsweringJobs(seed, row -> row), new Out()))
                .isInstanceOf(RowException.class);
        assertThat(Files.size(huge)).isEqualTo(3L << 30);
        Path wrong = Files.writeString(directory.resolve("wrong.jsonl"), "1\n\n{\"a\": \n");
        assertThatThrownBy(() -> Rows.survey(wrong))
                .isInstanceOf(RowException.class)
                .hasMessageContaining("Line 3");
    }

    @Test
    void values_are_json_where_they_can_be_and_text_elsewhere() throws Exception {
        Path rows = Files.writeString(directory.resolve("rows.jsonl"), "\"j\"\n\n\"t\"\n\"n\"\n");
        Out out = new Out();
        run(
                new AnsweringJobs(seed, input -> switch (input.strip()) {
                    case "\"j\"" -> "{\"a\": [1, 2]}\n";
                    case "\"t\"" -> "two words\n";
                    default -> "";
                }),
                rows,
                1,
                out);
        assertThat(out.rows.get(0).at("/value/a/1").asInt()).isEqualTo(2);
        assertThat(out.values()).containsExactly("", "two words", "");
        assertThat(out.lines()).containsExactly(1, 3, 4);
    }
}
