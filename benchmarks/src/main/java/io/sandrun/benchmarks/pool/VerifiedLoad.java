package io.sandrun.benchmarks.pool;

import com.fasterxml.jackson.databind.JsonNode;
import io.sandrun.protocol.BrokerClient;
import io.sandrun.protocol.JobResult;
import io.sandrun.protocol.Json;
import io.sandrun.protocol.Outcome;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Submits verified jobs to a pool and looks at each answer. For one thread. */
final class VerifiedLoad implements AutoCloseable {
    /** Jobs at once: about one for each node. */
    private static final int CLIENTS = 8;

    private static final double ANSWER_SECONDS = 120;

    private final BrokerClient client;
    private final ExecutorService threads = Executors.newFixedThreadPool(CLIENTS);
    private int submitted;

    /** How one job ended. */
    enum Ended {
        RIGHT,
        WRONG,
        UNDECIDED
    }

    VerifiedLoad(BrokerClient client) {
        this.client = client;
    }

    /** Runs so many jobs and answers how each ended. */
    List<Ended> run(int jobs) throws Exception {
        List<Callable<Ended>> work = new ArrayList<>(jobs);
        for (int job = 0; job < jobs; job++) {
            int number = submitted++;
            work.add(() -> one(number));
        }
        List<Ended> ends = new ArrayList<>(jobs);
        for (Future<Ended> end : threads.invokeAll(work)) {
            ends.add(end.get());
        }
        return ends;
    }

    private Ended one(int number) throws IOException {
        JsonNode job = Json.MAPPER.valueToTree(Map.of(
                "code",
                Conduct.program(number),
                "interpreter",
                "python3",
                "verify",
                Map.of("replicas", 3, "quorum", 2)));
        String id = client.submit(job).path("job_id").asText();
        JobResult result = client.result(id, ANSWER_SECONDS)
                .orElseThrow(() -> new IOException("no answer after " + ANSWER_SECONDS + " s to job " + id));
        if (result.code() == Outcome.VERIFICATION_FAILED) {
            return Ended.UNDECIDED;
        }
        boolean isRight = result.code() == Outcome.OK
                && result.exitCode() == 0
                && result.output().equals(Conduct.printed(number));
        return isRight ? Ended.RIGHT : Ended.WRONG;
    }

    @Override
    public void close() {
        threads.shutdownNow();
    }
}
