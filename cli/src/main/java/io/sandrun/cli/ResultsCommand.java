package io.sandrun.cli;

import io.sandrun.protocol.JobResult;
import io.sandrun.protocol.Limits;
import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** What a job printed. */
@Command(
        name = "results",
        mixinStandardHelpOptions = true,
        description = "Prints what a finished job printed. Exits with 1 while there is no result.")
final class ResultsCommand implements Callable<Integer> {
    @Mixin
    BrokerOptions broker = new BrokerOptions();

    @Parameters(paramLabel = "JOB", description = "The job's id.")
    String jobId = "";

    @Option(names = "--wait", paramLabel = "SECONDS", description = "Wait that long for the job to end.")
    double waitSeconds;

    @Option(names = "--json", description = "Print the whole result as JSON.")
    boolean json;

    @Override
    public Integer call() throws IOException {
        Optional<JobResult> result = broker.client().result(jobId, Math.min(waitSeconds, Limits.WAIT_SECONDS_MAX));
        if (result.isEmpty()) {
            Console.complain(
                    "Job %s has no result yet. Wait for it with --wait, or see `sandrun status`.".formatted(jobId));
            return Sandrun.EXIT_FAILURE;
        }
        ResultPrinter.print(result.get(), json);
        return 0;
    }
}
