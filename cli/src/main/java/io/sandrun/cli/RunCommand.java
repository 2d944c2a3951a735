package io.sandrun.cli;

import io.sandrun.protocol.BrokerClient;
import io.sandrun.protocol.JobResult;
import io.sandrun.protocol.Json;
import java.io.IOException;
import java.nio.file.Path;
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
    @Mixin
    BrokerOptions broker = new BrokerOptions();

    @Mixin
    JobOptions job = new JobOptions();

    @Option(
            names = {"-v", "--verbose"},
            description = "Tell at the end how the program was started, and how long that took.")
    boolean verbose;

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
        job.keepsFiles = target != null;
        Submission submission = Submission.of(job);
        BrokerClient named = broker.client();
        if (broker.isNamed() || EphemeralPlatform.isReachable(named)) {
            return run(named, submission);
        }
        if (job.verify != null) {
            throw new UsageException("--verify needs a broker with several nodes: name it with --url.");
        }
        try (EphemeralPlatform platform =
                EphemeralPlatform.start(submission.interpreter(), submission.environments(), submission.installs())) {
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
        RunView view = new RunView(client, jobId);
        JobResult result = json ? view.await() : view.show();
        finished.set(true);
        if (json) {
            Console.say(Json.write(result));
        } else {
            ResultPrinter.tellEnd(result);
            if (verbose) {
                StartText.of(result).map(Console::escaped).ifPresent(Console::tell);
            }
        }
        if (target != null) {
            new OutputDownload(client, jobId, target, force).all();
        }
        return result.exitCode() < 0 ? Sandrun.EXIT_FAILURE : result.exitCode();
    }

    private static void cancel(BrokerClient client, String jobId) {
        try {
            client.cancel(jobId);
        } catch (IOException tooLate) {
            // It ended by itself, or the broker is gone: either way there is nothing left to cancel.
        }
    }
}
