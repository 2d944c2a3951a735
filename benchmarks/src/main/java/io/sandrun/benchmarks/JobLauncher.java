package io.sandrun.benchmarks;

import com.fasterxml.jackson.databind.JsonNode;
import io.sandrun.protocol.BrokerClient;
import io.sandrun.protocol.JobResult;
import io.sandrun.protocol.Outcome;
import io.sandrun.protocol.Start;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/** Runs a program as a job: from the submit over HTTP to its result, which is looked at. One thread. */
final class JobLauncher implements Launcher {
    private static final double PATIENCE_SECONDS = 60;

    private final BrokerClient client;
    private final Supplier<JsonNode> job;
    private final String output;
    private final Start wanted;
    private int starts;
    private int asWanted;

    /**
     * @param output that the program is to print
     * @param wanted the way in which it is meant to be started, and may not be: that is counted
     */
    JobLauncher(BrokerClient client, Supplier<JsonNode> job, String output, Start wanted) {
        this.client = client;
        this.job = job;
        this.output = output;
        this.wanted = wanted;
    }

    @Override
    public long start() throws IOException {
        JsonNode body = job.get();
        long begin = System.nanoTime();
        String jobId = client.submit(body).path("job_id").asText();
        JobResult result = client.result(jobId, PATIENCE_SECONDS)
                .orElseThrow(() -> new IOException("job " + jobId + " has no result"));
        long nanos = System.nanoTime() - begin;
        if (result.code() != Outcome.OK || !result.output().equals(output)) {
            throw new IOException("a job ended with " + result);
        }
        starts++;
        asWanted += result.start() == wanted ? 1 : 0;
        return nanos;
    }

    /** How many of the starts since the last such call were of the wanted kind, as a share. */
    double shareAsWanted() {
        double share = starts == 0 ? 0 : (double) asWanted / starts;
        starts = 0;
        asWanted = 0;
        return share;
    }

    @Override
    public long startsWithin(long millis) throws IOException {
        long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
        long ended = 0;
        for (start(); System.nanoTime() < end; start()) {
            ended++;
        }
        return ended;
    }

    @Override
    public void close() {
        // The platform is not ours.
    }
}
