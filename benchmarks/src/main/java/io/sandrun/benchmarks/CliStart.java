package io.sandrun.benchmarks;

import com.fasterxml.jackson.databind.JsonNode;
import io.sandrun.protocol.BrokerClient;
import io.sandrun.protocol.Json;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * How soon commands have answered and a broker serves, started by the launcher as users start them: with Java's archive
 * of their classes and without. The two in turn, so that a machine whose speed drifts slows both.
 */
public final class CliStart {
    private static final int DEFAULT_ROUNDS = 20;
    private static final int WARM_UP_ROUNDS = 2;

    /** What the launcher reads: whether to use an archive, and to make one first. */
    private static final String ARCHIVE = "SANDRUN_CLASS_ARCHIVE";

    private static final String PLAIN = "off";
    private static final String ARCHIVED = "now";

    private static final String LAUNCHER = Checkout.root().resolve("sandrun").toString();
    private final int rounds;

    private CliStart(int rounds) {
        this.rounds = rounds;
    }

    /** Takes nanoseconds once, with an archive or without. */
    private interface Round {
        long take(String archive) throws Exception;
    }

    /** Argument: how many rounds. */
    public static void main(String[] args) throws Exception {
        CliStart benchmark = new CliStart(args.length > 0 ? Integer.parseInt(args[0]) : DEFAULT_ROUNDS);
        Machine.print();
        benchmark.requireArchive();
        try (ScratchDirectory scratch = ScratchDirectory.make()) {
            benchmark.run(scratch.path());
        }
        System.exit(0);
    }

    private void run(Path scratch) throws Exception {
        System.out.printf("%d rounds%n", rounds);
        System.out.printf("%-42s %12s %12s %8s%n", "p50 (p95) ms", "plain", "archived", "ratio");
        compare("sandrun --version", archive -> command(archive, "--version"));
        try (BrokerProcess broker = BrokerProcess.start(scratch.resolve("asked"))) {
            String url = broker.url().toString();
            JsonNode job = Json.MAPPER.createObjectNode().put("code", "pass");
            String jobId =
                    new BrokerClient(broker.url()).submit(job).path("job_id").asText();
            compare("sandrun status JOB, answered", archive -> command(archive, "status", "--url", url, jobId));
        }
        compare("sandrun broker, to first /health", archive -> broker(archive, scratch.resolve("started")));
    }

    /** Has the launcher make Java's archive of these classes. */
    static void makeArchive() throws Exception {
        await(process(ARCHIVED, "--version"));
    }

    /** @throws IOException if Java does not take the archive: there would be nothing to compare */
    private void requireArchive() throws Exception {
        makeArchive();
        ProcessBuilder strict = process(ARCHIVED, "--version");
        strict.environment().put("SANDRUN_JAVA_OPTS", "-Xshare:on");
        await(strict);
    }

    private void compare(String what, Round round) throws Exception {
        Samples plain = new Samples(rounds);
        Samples archived = new Samples(rounds);
        for (int number = -WARM_UP_ROUNDS; number < rounds; number++) {
            long plainNanos = round.take(PLAIN);
            long archivedNanos = round.take(ARCHIVED);
            if (number >= 0) {
                plain.add(plainNanos);
                archived.add(archivedNanos);
            }
        }
        System.out.printf(
                "%-42s %12s %12s %8.2f%n",
                what, middle(plain), middle(archived), archived.percentileMs(50) / plain.percentileMs(50));
    }

    private static String middle(Samples samples) {
        return "%.0f (%.0f)".formatted(samples.percentileMs(50), samples.percentileMs(95));
    }

    /** Until it has ended, nanoseconds. */
    private long command(String archive, String... arguments) throws Exception {
        long start = System.nanoTime();
        await(process(archive, arguments));
        return System.nanoTime() - start;
    }

    private static void await(ProcessBuilder builder) throws Exception {
        BriefRun run = BriefRun.of(builder);
        if (!run.isGood()) {
            throw new IOException("%s failed: %s".formatted(builder.command(), run.said()));
        }
    }

    /** Until it has answered that it is healthy, nanoseconds. */
    private long broker(String archive, Path data) throws Exception {
        long start = System.nanoTime();
        ProcessBuilder builder = process(archive, "broker", "--port", "0", "--data", data.toString());
        try (BrokerProcess broker = BrokerProcess.launch(builder)) {
            try (HttpConnection connection = HttpConnection.open(broker.url())) {
                connection.get("/health").orThrow();
                return System.nanoTime() - start;
            }
        }
    }

    private static ProcessBuilder process(String archive, String... arguments) {
        List<String> command = new ArrayList<>(List.of(LAUNCHER));
        command.addAll(List.of(arguments));
        ProcessBuilder builder = new ProcessBuilder(command);
        builder.environment().put(ARCHIVE, archive);
        return builder;
    }
}
