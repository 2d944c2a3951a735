package io.sandrun.benchmarks;

import com.fasterxml.jackson.databind.JsonNode;
import io.sandrun.protocol.JobResult;
import io.sandrun.protocol.Json;
import io.sandrun.protocol.Outcome;
import io.sandrun.protocol.Start;
import java.io.IOException;
import java.net.URI;
import java.util.function.Supplier;

/** Runs a program as a job: from the submit over HTTP to its result, which is looked at. One thread. */
final class JobLauncher implements Launcher {
    private final HttpConnection connection;
    private final Supplier<JsonNode> job;
    private final String output;
    private final Start wanted;
    private int starts;
    private int asWanted;

    /**
     * @param output that the program is to print
     * @param wanted the way in which it is meant to be started, and may not be: that is counted
     */
    JobLauncher(URI broker, Supplier<JsonNode> job, String output, Start wanted) throws IOException {
        this.connection = HttpConnection.open(broker);
        this.job = job;
        this.output = output;
        this.wanted = wanted;
    }

    @Override
    public long start() throws IOException {
        String body = job.get().toString();
        long begin = System.nanoTime();
        String submitted = connection.post("/submit", body).orThrow();
        String jobId = Json.MAPPER.readTree(submitted).path("job_id").asText();
        String answer = connection.get("/results/" + jobId + "?wait=60").orThrow();
        long nanos = System.nanoTime() - begin;
        JobResult result = Json.read(answer, JobResult.class);
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
    public void close() throws IOException {
        connection.close();
    }
}
