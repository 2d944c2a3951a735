package io.sandrun.cli;

import com.fasterxml.jackson.databind.JsonNode;
import io.sandrun.protocol.BrokerClient;
import io.sandrun.protocol.JobResult;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Runs a program and becomes it: its output, its errors, its exit code. */
@Command(
        name = "run",
        mixinStandardHelpOptions = true,
        description = "Runs a program, or a folder or archive with one, in a sandbox and waits: prints its output "
                + "and exits with its code. Without a broker to talk to, one is started for this run alone.")
final class RunCommand implements Callable<Integer> {
    /** How long a job may wait for a node before the user is told why it waits, seconds. */
    private static final double EXPLAIN_AFTER_SECONDS = 2;

    private static final double POLL_SECONDS = 60;

    @Mixin
    BrokerOptions broker = new BrokerOptions();

    @Mixin
    JobOptions job = new JobOptions();

    @Option(names = "--json", description = "Print the whole result as JSON instead.")
    boolean json;

    @Option(
            names = {"-o", "--output"},
            paramLabel = "DIR",
            description = "Put the files there that the job left behind, when it has ended.")
    @Nullable
    Path target;

    @Option(names = "--force", description = "Overwrite files that are there.")
    boolean force;

    @Override
    public Integer call() throws Exception {
        Submission submission = Submission.of(job);
        BrokerClient named = broker.client();
        if (broker.isNamed() || EphemeralPlatform.isReachable(named)) {
            return run(named, submission);
        }
        try (EphemeralPlatform platform = EphemeralPlatform.start(submission.interpreter())) {
            return run(platform.client(), submission);
        }
    }

    private int run(BrokerClient client, Submission submission) throws IOException {
        String jobId = submission.send(client).path("job_id").asText();
        AtomicBoolean finished = new AtomicBoolean();
        // Whoever presses Ctrl-C means the job, not only this process.
        Thread cancel = new Thread(() -> {
            if (!finished.get()) {
                cancel(client, jobId);
            }
        });
        Runtime.getRuntime().addShutdownHook(cancel);
        JobResult result = await(client, jobId);
        finished.set(true);
        ResultPrinter.print(result, json);
        if (target != null) {
            new OutputDownload(client, jobId, target, force).all();
        }
        return result.exitCode() < 0 ? Sandrun.EXIT_FAILURE : result.exitCode();
    }

    private JobResult await(BrokerClient client, String jobId) throws IOException {
        Optional<JobResult> result = client.result(jobId, EXPLAIN_AFTER_SECONDS);
        if (result.isEmpty()) {
            JsonNode waits = client.status(jobId, 0).path("pending_reason");
            if (waits.isTextual()) {
                Console.tell("waiting: " + Console.escaped(waits.asText()));
            }
        }
        while (result.isEmpty()) {
            result = client.result(jobId, POLL_SECONDS);
        }
        return result.get();
    }

    private static void cancel(BrokerClient client, String jobId) {
        try {
            client.cancel(jobId);
        } catch (IOException tooLate) {
            // It ended by itself, or the broker is gone: either way there is nothing left to cancel.
        }
    }
}
