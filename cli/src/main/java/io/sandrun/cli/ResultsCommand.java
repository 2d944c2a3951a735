package io.sandrun.cli;

import io.sandrun.protocol.JobResult;
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

    @Mixin
    WaitOption wait = new WaitOption();

    @Option(names = "--json", description = "Print the whole result as JSON.")
    boolean json;

    @Override
    public Integer call() throws IOException {
        Optional<JobResult> result = broker.client().result(jobId, wait.seconds());
        if (result.isEmpty()) {
            Console.complain(
                    "Job %s has no result yet. Wait for it with --wait, or see `sandrun status`.".formatted(jobId));
            return Sandrun.EXIT_FAILURE;
        }
        ResultPrinter.print(result.get(), json);
        return 0;
    }
}
