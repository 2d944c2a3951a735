package io.sandrun.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.sandrun.cli.map.MapRun;
import io.sandrun.cli.map.RowException;
import io.sandrun.cli.map.Rows;
import io.sandrun.cli.map.UnwrittenException;
import io.sandrun.protocol.BrokerClient;
import io.sandrun.protocol.JobResult;
import io.sandrun.protocol.Json;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** One program, many rows. */
@Command(
        name = "map",
        mixinStandardHelpOptions = true,
        customSynopsis = "sandrun map [OPTIONS] PROGRAM ROWS.jsonl [ARG...]",
        description = "Runs a program once for each row of a file: it reads the row, a line of JSON, from its standard "
                + "input, and what it prints is the row's value. Prints a line of JSON for each row, in their order. "
                + "A run that was interrupted goes on when it is started again; rows that failed are run again.")
final class MapCommand implements Callable<Integer> {
    private static final int IN_FLIGHT_MAX = 256;
    private static final int BATCH_MAX = 100_000;

    /** A broker that is there answers at once; one that goes later is waited for. */
    private static final Duration REACH_TIMEOUT = Duration.ofSeconds(5);

    @Mixin
    BrokerOptions broker = new BrokerOptions();

    /** The first of its arguments is the file of rows; picocli counts parameters of a mixin by themselves. */
    @Mixin
    JobOptions job = new JobOptions();

    @Option(
            names = {"-o", "--output"},
            paramLabel = "FILE",
            description = "Where the results go (default: standard output). What is there is overwritten.")
    @Nullable
    Path target;

    @Option(
            names = "--in-flight",
            paramLabel = "N",
            description = "Jobs at once, 1 to 256 (default: ${DEFAULT-VALUE}).")
    int inFlight = 16;

    @Option(
            names = "--batch",
            paramLabel = "N",
            description = "Rows for one job, which then prints a line for each (default: ${DEFAULT-VALUE}).")
    int batch = 1;

    @Option(
            names = "--state",
            paramLabel = "FILE",
            description = "Where the run keeps what is done (default: ROWS.jsonl.map). It goes when all rows are good.")
    @Nullable
    Path state;

    @Override
    public Integer call() throws Exception {
        Path file = rows();
        require(inFlight >= 1 && inFlight <= IN_FLIGHT_MAX, "--in-flight must be 1 to " + IN_FLIGHT_MAX + ".");
        require(batch >= 1 && batch <= BATCH_MAX, "--batch must be 1 to " + BATCH_MAX + ".");
        require(job.stdin == null, "--stdin is where the rows come: leave it out.");
        Submission submission = Submission.of(job);
        BrokerClient client = broker.client();
        client.health(REACH_TIMEOUT);
        try {
            return run(file, submission, client);
        } catch (RowException wrong) {
            throw new UsageException(String.valueOf(wrong.getMessage()));
        }
    }

    private static void require(boolean holds, String otherwise) {
        if (!holds) {
            throw new UsageException(otherwise);
        }
    }

    private Path rows() {
        require(!job.args.isEmpty(), "Name the file of rows behind the program: sandrun map PROGRAM ROWS.jsonl.");
        Path file = Path.of(job.args.get(0));
        job.args = job.args.subList(1, job.args.size());
        require(Files.isRegularFile(file), "There is no file %s.".formatted(file));
        require(!isSame(file, target), "-o is the file of rows, which would be overwritten: name another.");
        require(!isSame(file, state), "--state is the file of rows, which would be overwritten: name another.");
        return file;
    }

    private static boolean isSame(Path file, @Nullable Path other) {
        try {
            return other != null && Files.exists(other) && Files.isSameFile(file, other);
        } catch (IOException unreadable) {
            return false; // Whoever opens it meets the same, and says so.
        }
    }

    private int run(Path file, Submission submission, BrokerClient client) throws Exception {
        Rows.Survey survey = Rows.survey(file);
        ObjectNode plan = Json.MAPPER
                .createObjectNode()
                .put("program", submission.sha256())
                .put("rows", survey.sha256())
                .put("batch", batch);
        Path kept = state == null ? Path.of(file + ".map") : state;
        try (Results results = new Results(target, survey.rows());
                Rows rows = Rows.open(file, batch);
                MapRun run = new MapRun(kept, plan, inFlight, new RowJobs(submission, client), results)) {
            long failed = run.run(rows);
            results.flush();
            if (failed == 0) {
                run.forget();
                return 0;
            }
            Console.complain(
                    "%,d of %,d rows failed: their lines have a code and an error. Run it again to try them again."
                            .formatted(failed, survey.rows()));
            return Sandrun.EXIT_FAILURE;
        }
    }

    /** The jobs of the rows. Thread-safe. */
    private record RowJobs(Submission submission, BrokerClient client) implements MapRun.Jobs {
        @Override
        public String submit(String input, String key) throws IOException {
            return submission.send(client, input, key).path("job_id").asText();
        }

        @Override
        public Optional<JobResult> result(String jobId, double waitSeconds) throws IOException {
            return client.result(jobId, waitSeconds);
        }
    }

    /**
     * The lines that come out, and the line that tells how far it is. Nothing is overwritten before the first line is
     * there: a run that another one's state refuses leaves that one's results alone.
     */
    private static final class Results implements MapRun.Listener, AutoCloseable {
        private final @Nullable Path target;
        private final long rows;
        private @Nullable BufferedWriter file;

        Results(@Nullable Path target, long rows) {
            this.target = target;
            this.rows = rows;
        }

        @Override
        public void row(JsonNode result) throws IOException {
            try {
                if (target == null) {
                    Console.progress("");
                    Console.deliver(result.toString());
                } else {
                    file(target).write(result + "\n");
                }
            } catch (IOException full) {
                throw unwritten(full);
            }
        }

        private UnwrittenException unwritten(IOException full) {
            return new UnwrittenException(target == null ? "Standard output" : target.toString(), full);
        }

        private BufferedWriter file(Path path) throws IOException {
            BufferedWriter open = file;
            if (open == null) {
                open = Files.newBufferedWriter(path, StandardCharsets.UTF_8);
                file = open;
            }
            return open;
        }

        @Override
        public void progress(long done, long failed) {
            Console.progress(
                    "%,d of %,d rows%s".formatted(done, rows, failed == 0 ? "" : ", %,d failed".formatted(failed)));
        }

        void flush() throws IOException {
            Console.progress("");
            if (target != null) {
                try {
                    file(target).flush();
                } catch (IOException full) {
                    throw unwritten(full);
                }
            }
        }

        @Override
        public void close() throws IOException {
            if (file != null) {
                file.close();
            }
        }
    }
}
