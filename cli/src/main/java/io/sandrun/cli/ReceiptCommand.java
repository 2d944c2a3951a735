package io.sandrun.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** What a node signed about a job. */
@Command(
        name = "receipt",
        mixinStandardHelpOptions = true,
        description = "Fetches the node's signed account of how a job ran. `sandrun verify` checks it.")
final class ReceiptCommand implements Callable<Integer> {
    @Mixin
    BrokerOptions broker = new BrokerOptions();

    @Parameters(paramLabel = "JOB", description = "The job's id.")
    String jobId = "";

    @Option(
            names = {"-o", "--output"},
            paramLabel = "FILE",
            description = "Where to put it (default: standard output). What is there is overwritten.")
    @Nullable
    Path target;

    @Mixin
    WaitOption wait = new WaitOption();

    @Override
    public Integer call() throws IOException {
        JsonNode receipt = broker.client()
                .receipt(jobId, wait.seconds())
                .orElseThrow(() -> new IOException("The job has not ended yet. Wait for it with --wait SECONDS."));
        if (target == null) {
            Console.say(receipt.toString());
        } else {
            Files.writeString(target, receipt + "\n", StandardCharsets.UTF_8);
            Console.tell("saved " + Console.escaped(target.toString()));
        }
        return 0;
    }
}
