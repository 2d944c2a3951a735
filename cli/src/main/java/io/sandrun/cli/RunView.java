package io.sandrun.cli;

import io.sandrun.protocol.BrokerClient;
import io.sandrun.protocol.JobResult;
import io.sandrun.protocol.Outcome;
import io.sandrun.protocol.log.LogPart;
import io.sandrun.protocol.log.LogStream;
import java.io.IOException;
import java.util.Optional;

/**
 * A job as whoever runs it sees it: what it waits for, what is installed for it, then what it prints, as it prints it.
 * What an installation prints is one line that is written over on a terminal, and all of it elsewhere or when it fails.
 */
final class RunView {
    private static final double POLL_SECONDS = 60;

    /** Of one request for what an installation printed. */
    private static final int INSTALL_BYTES = 1 << 20;

    private final BrokerClient client;
    private final String jobId;

    RunView(BrokerClient client, String jobId) {
        this.client = client;
        this.jobId = jobId;
    }

    /** Shows the job to its end. */
    JobResult show() throws IOException {
        LogPrinter printer = new LogPrinter(client, jobId, null, LogPrinter.Form.APART);
        Waiting waiting = new Waiting(client, jobId);
        try {
            client.followLog(jobId, null, 0, part -> {
                if (part.stream() == LogStream.INSTALL && Console.isWatched()) {
                    waiting.says("installing: " + lastLine(part));
                } else {
                    waiting.end();
                    printer.print(part);
                }
            });
        } finally {
            waiting.end();
        }
        Console.endOutput();
        JobResult result = result();
        if (result.code() == Outcome.INSTALL_FAILED && Console.isWatched()) {
            Console.error(client.logBytes(jobId, LogStream.INSTALL, 0, INSTALL_BYTES));
            Console.endOutput();
        }
        return result;
    }

    /** Waits for the job's end and shows nothing of it but why it waits. */
    JobResult await() throws IOException {
        Waiting waiting = new Waiting(client, jobId);
        try {
            return result();
        } finally {
            waiting.end();
        }
    }

    private JobResult result() throws IOException {
        Optional<JobResult> result = Optional.empty();
        while (result.isEmpty()) {
            result = client.result(jobId, POLL_SECONDS);
        }
        return result.get();
    }

    private static String lastLine(LogPart part) {
        String text = part.text().strip();
        return text.substring(text.lastIndexOf('\n') + 1);
    }
}
