package io.sandrun.benchmarks;

import com.fasterxml.jackson.databind.JsonNode;
import io.sandrun.broker.Broker;
import io.sandrun.broker.BrokerConfig;
import io.sandrun.node.NodeAgent;
import io.sandrun.node.NodeConfig;
import io.sandrun.protocol.BrokerClient;
import io.sandrun.protocol.JobResult;
import io.sandrun.protocol.Json;
import io.sandrun.protocol.Outcome;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Set;

/**
 * From the submit of {@code print('hello')} over HTTP to its result, one job at a time on an idle platform, beside the
 * same interpreter started bare. The two are measured in turn, so that a machine whose speed drifts slows both.
 */
public final class HelloLatency {
    private static final String PROGRAM = "print('hello')";
    private static final int WARM_UP_ROUNDS = 100;
    private static final int DEFAULT_ROUNDS = 300;
    private static final double[] PERCENTILES = {50, 95, 99};
    private static final Duration REGISTRATION_PATIENCE = Duration.ofSeconds(30);

    private HelloLatency() {}

    public static void main(String[] args) throws Exception {
        int rounds = args.length > 0 ? Integer.parseInt(args[0]) : DEFAULT_ROUNDS;
        String python = interpreter();
        try (ScratchDirectory scratch = ScratchDirectory.make();
                Broker broker = Broker.start(BrokerConfig.builder(scratch.path().resolve("broker"))
                        .port(0)
                        .build());
                NodeAgent node = NodeAgent.start(
                        NodeConfig.of(URI.create(broker.url()), scratch.path().resolve("node"), 1)
                                .withInterpreters(Set.of("python3")))) {
            if (!node.awaitRegistration(REGISTRATION_PATIENCE)) {
                throw new IOException("the node did not register");
            }
            measure(new BrokerClient(URI.create(broker.url())), python, rounds);
        }
        System.exit(0);
    }

    private static void measure(BrokerClient client, String python, int rounds) throws Exception {
        for (int round = 0; round < WARM_UP_ROUNDS; round++) {
            bare(python);
            submitted(client);
        }
        Samples bare = new Samples(rounds);
        Samples submitted = new Samples(rounds);
        for (int round = 0; round < rounds; round++) {
            bare.add(bare(python));
            submitted.add(submitted(client));
        }
        System.out.printf("print('hello'), %d rounds, one at a time, %s%n", rounds, python);
        System.out.printf("%-12s %12s %12s %8s%n", "percentile", "bare ms", "sandrun ms", "ratio");
        for (double percent : PERCENTILES) {
            double bareMs = bare.percentileMs(percent);
            double submittedMs = submitted.percentileMs(percent);
            System.out.printf("p%-11.0f %12.2f %12.2f %8.2f%n", percent, bareMs, submittedMs, submittedMs / bareMs);
        }
    }

    /** The real interpreter behind the name, as nodes use it too: a version switcher's wrapper would flatter us. */
    private static String interpreter() throws Exception {
        Process process = new ProcessBuilder("python3", "-c", "import sys; print(sys.executable)").start();
        return new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
    }

    private static long bare(String python) throws Exception {
        long start = System.nanoTime();
        Process process = new ProcessBuilder(python, "-c", PROGRAM).start();
        byte[] output = process.getInputStream().readAllBytes();
        int exitCode = process.waitFor();
        long nanos = System.nanoTime() - start;
        expectHello(exitCode, new String(output, StandardCharsets.UTF_8));
        return nanos;
    }

    private static long submitted(BrokerClient client) throws IOException {
        JsonNode body = Json.MAPPER
                .createObjectNode()
                .put("code", PROGRAM)
                .put("interpreter", "python3")
                .put("timeout", 60);
        long start = System.nanoTime();
        String jobId = client.submit(body).path("job_id").asText();
        JobResult result = client.result(jobId, 60).orElseThrow();
        long nanos = System.nanoTime() - start;
        if (result.code() != Outcome.OK) {
            throw new IOException("the job ended with " + result);
        }
        expectHello(result.exitCode(), result.output());
        return nanos;
    }

    private static void expectHello(int exitCode, String output) throws IOException {
        if (exitCode != 0 || !output.equals("hello\n")) {
            throw new IOException("exit code %d and output '%s'".formatted(exitCode, output));
        }
    }
}
