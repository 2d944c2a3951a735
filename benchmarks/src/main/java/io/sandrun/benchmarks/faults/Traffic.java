package io.sandrun.benchmarks.faults;

import com.fasterxml.jackson.databind.JsonNode;
import io.sandrun.protocol.BrokerClient;
import io.sandrun.protocol.BrokerException;
import io.sandrun.protocol.ErrorCode;
import io.sandrun.protocol.Json;
import java.io.IOException;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Load from outside: submitters, cancellers and readers, each on a thread of its own, and as many scripted nodes as
 * asked for. They go on through every fault and note what was answered. Ended by {@link #close()}.
 */
final class Traffic implements AutoCloseable {
    private static final long PAUSE_MS = 20;
    private static final double CANCEL_SHARE = 0.05;
    private static final double AGAIN_SHARE = 0.1;
    private static final double READ_WAIT_SECONDS = 0.2;
    private static final long STOP_TIMEOUT_MS = 60_000;
    private static final String SUBMITTER = "submitter-";

    private final BrokerClient client;
    private final Ledger ledger;
    private final Plan plan;
    private final CountDownLatch submittingEnds = new CountDownLatch(1);
    private final CountDownLatch closed = new CountDownLatch(1);
    private final List<Thread> threads = new ArrayList<>();

    /**
     * @param submitters threads that submit
     * @param nodes scripted nodes
     * @param manners how the scripted nodes behave
     * @param jobsMax jobs after which nobody submits any more: bounds the books that each audit reads
     * @param code the program; scripted nodes never look at it
     */
    record Plan(int submitters, int nodes, NodeScript.Manners manners, int jobsMax, String code) {}

    Traffic(URI broker, URI brokerForNodes, Ledger ledger, Plan plan, long seed) {
        this.client = new BrokerClient(broker);
        this.ledger = ledger;
        this.plan = plan;
        Random seeds = new Random(seed);
        for (int number = 0; number < plan.submitters; number++) {
            Random random = new Random(seeds.nextLong());
            add(SUBMITTER + number, () -> submit(random));
        }
        Random readers = new Random(seeds.nextLong());
        add("reader", () -> read(readers));
        for (int number = 0; number < plan.nodes; number++) {
            ScriptedNode node = new ScriptedNode(brokerForNodes, Clock.systemUTC(), ledger, "scripted-" + number);
            add("scripted-" + number, new NodeScript(node, ledger, plan.manners, new Random(seeds.nextLong()), closed));
        }
        threads.forEach(Thread::start);
    }

    private void add(String name, Runnable work) {
        Thread thread = new Thread(work, name);
        thread.setDaemon(true);
        threads.add(thread);
    }

    private void submit(Random random) {
        Order order = null;
        while (closed.getCount() > 0
                && (order != null || (submittingEnds.getCount() > 0 && ledger.jobs() < plan.jobsMax))) {
            try {
                // One that was not answered is sent again, the broker killed or not.
                order = order == null ? Order.random(random, plan.code) : order;
                String jobId = order.submit(client);
                ledger.accepted(order.key(), jobId);
                if (random.nextDouble() < AGAIN_SHARE) {
                    ledger.accepted(order.key(), order.submit(client));
                }
                order = null;
                if (random.nextDouble() < CANCEL_SHARE) {
                    client.cancel(jobId);
                }
                pause(random.nextInt((int) PAUSE_MS));
            } catch (IOException notNow) {
                complainIfNotPassing(notNow);
                pause(PAUSE_MS);
            }
        }
    }

    /** Submits one job without a key; the answer is not noted. */
    static String submitOne(BrokerClient client, String code) throws IOException {
        JsonNode body = Json.MAPPER.valueToTree(Map.of("code", code, "interpreter", "bash"));
        return client.submit(body).path("job_id").asText();
    }

    private void read(Random random) {
        while (closed.getCount() > 0) {
            String jobId = ledger.any(random);
            if (jobId == null) {
                pause(PAUSE_MS);
                continue;
            }
            try {
                client.result(jobId, READ_WAIT_SECONDS).ifPresent(ledger::seen);
            } catch (IOException notNow) {
                complainIfNotPassing(notNow);
                pause(PAUSE_MS);
            }
        }
    }

    /** A refusal that is neither a lost race nor of the disk is a finding: clients did nothing wrong. */
    private void complainIfNotPassing(IOException failure) {
        if (failure instanceof BrokerException answered
                && !answered.is(ErrorCode.UNAVAILABLE)
                && !answered.is(ErrorCode.ALREADY_FINISHED)) {
            ledger.complain("a client was answered %d: %s".formatted(answered.httpStatus(), answered.getMessage()));
        }
    }

    private void pause(long millis) {
        try {
            closed.await(millis, TimeUnit.MILLISECONDS);
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
        }
    }

    /**
     * Lets nobody submit any more and waits until each accepted job was read to its end; what is left is for the
     * audit.
     */
    void drain(Duration timeout) {
        submittingEnds.countDown();
        long deadline = System.nanoTime() + timeout.toNanos();
        threads.stream()
                .filter(thread -> thread.getName().startsWith(SUBMITTER))
                .forEach(Traffic::join);
        for (String jobId : ledger.unfinished()) {
            boolean isFinished = false;
            while (!isFinished && System.nanoTime() < deadline) {
                try {
                    var result = client.result(jobId, READ_WAIT_SECONDS);
                    result.ifPresent(ledger::seen);
                    isFinished = result.isPresent();
                } catch (IOException notNow) {
                    complainIfNotPassing(notNow);
                    isFinished = notNow instanceof BrokerException answered && answered.is(ErrorCode.UNKNOWN_JOB);
                    pause(PAUSE_MS);
                }
            }
        }
    }

    @Override
    public void close() {
        submittingEnds.countDown();
        closed.countDown();
        threads.forEach(Traffic::join);
    }

    private static void join(Thread thread) {
        try {
            thread.join(STOP_TIMEOUT_MS);
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
        }
    }
}
