package io.sandrun.cli;

import io.sandrun.cli.LogPrinter.Form;
import io.sandrun.protocol.BrokerClient;
import io.sandrun.protocol.Json;
import io.sandrun.protocol.log.LogPage;
import io.sandrun.protocol.log.LogStream;
import java.io.IOException;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** What a job prints, or has printed. */
@Command(name = "logs", mixinStandardHelpOptions = true, description = "Prints what a job has printed so far.")
final class LogsCommand implements Callable<Integer> {
    /** Of one request for bytes. */
    private static final int PIECE_BYTES = 1 << 20;

    @Mixin
    BrokerOptions broker = new BrokerOptions();

    @Parameters(paramLabel = "JOB", description = "The job's id.")
    String jobId = "";

    @Option(
            names = {"-f", "--follow"},
            description = "Go on with what comes, until the job has ended.")
    boolean follow;

    @Option(names = "--stream", paramLabel = "STREAM", description = "Only stdout, stderr or install.")
    @Nullable
    LogStream stream;

    @Option(names = "--json", description = "Print JSON, a line for each piece of the log.")
    boolean json;

    @Override
    public Integer call() throws IOException {
        BrokerClient client = broker.client();
        if (follow) {
            client.followLog(
                    jobId, stream, 0, new LogPrinter(client, jobId, stream, json ? Form.JSON : Form.TOGETHER)::print);
        } else if (json) {
            printPages(client);
        } else {
            printBytes(client);
        }
        Console.endOutput();
        return 0;
    }

    private void printBytes(BrokerClient client) throws IOException {
        long offset = 0;
        byte[] piece;
        do {
            piece = client.logBytes(jobId, stream, offset, PIECE_BYTES);
            Console.output(piece);
            offset += piece.length;
        } while (piece.length > 0);
    }

    private void printPages(BrokerClient client) throws IOException {
        LogPage page = client.log(jobId, stream, 0);
        Console.say(Json.write(page));
        while (!page.finished() && page.nextOffset() > page.offset()) {
            page = client.log(jobId, stream, page.nextOffset());
            Console.say(Json.write(page));
        }
    }
}
