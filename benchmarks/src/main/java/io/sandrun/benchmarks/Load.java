package io.sandrun.benchmarks;

import io.sandrun.benchmarks.SimulatedNode.Held;
import java.io.IOException;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Puts no-op jobs through a broker in different shapes, and measures it. */
final class Load {
    private static final String JOB_START = "{\"code\":\"print('hello')\",\"interpreter\":\"python3\",\"timeout\":60";
    private static final int DRAIN_SLOTS = 256;
    private static final double CLAIM_WAIT_SECONDS = 0.5;
    private static final long PATIENCE_SECONDS = 300;
    private static final int RESULTS_CHECKED = 200;

    private final BrokerProcess broker;
    private final String labels;

    /** @param labels what the jobs ask for and the nodes offer, a JSON object of texts */
    Load(BrokerProcess broker, String labels) {
        this.broker = broker;
        this.labels = labels;
    }

    /**
     * How jobs go through.
     *
     * @param producers connections that submit
     * @param jobsPerSubmit 1 for one by one
     * @param workers connections that claim and report, all of one node
     * @param slotsPerClaim jobs that each of them asks for
     * @param reportsInBatches whether it reports what one claim brought in one request
     */
    record Shape(int producers, int jobsPerSubmit, int workers, int slotsPerClaim, boolean reportsInBatches) {}

    private HttpConnection connect() throws Exception {
        return HttpConnection.open(broker.url());
    }

    String job() {
        return JOB_START + ",\"labels\":" + labels + "}";
    }

    /** Submits; answers the ids. */
    List<String> submit(HttpConnection connection, int jobs) throws IOException {
        if (jobs == 1) {
            return Texts.of(connection.post("/submit", job()).orThrow(), "job_id");
        }
        String one = job();
        String all = IntStream.range(0, jobs).mapToObj(index -> one).collect(Collectors.joining(","));
        List<String> ids = Texts.of(
                connection.post("/submit/batch", "{\"jobs\":[" + all + "]}").orThrow(), "job_id");
        if (ids.size() != jobs) {
            throw new IOException("%d ids for %d jobs".formatted(ids.size(), jobs));
        }
        return ids;
    }

    /** Submits only; the jobs stay pending. */
    Measured submits(int producers, int jobsPerSubmit, int jobs) throws Exception {
        AtomicInteger left = new AtomicInteger(jobs);
        Measured.Clock clock = Measured.Clock.start(broker);
        try (Crew crew = Crew.start(producers, () -> produce(left, jobsPerSubmit, new ConcurrentLinkedQueue<>()))) {
            crew.await();
        }
        return clock.stop(jobs);
    }

    private void produce(AtomicInteger left, int jobsPerSubmit, Queue<String> ids) throws Exception {
        try (HttpConnection connection = connect()) {
            while (left.getAndAdd(-jobsPerSubmit) > 0) {
                ids.addAll(submit(connection, jobsPerSubmit));
            }
        }
    }

    /** From the first submit to the last report that is acknowledged; then some results are looked at, untimed. */
    Measured lifecycles(Shape shape, int jobs) throws Exception {
        SimulatedNode node = register(shape.workers * shape.slotsPerClaim);
        AtomicInteger left = new AtomicInteger(jobs);
        CountDownLatch open = new CountDownLatch(jobs);
        ConcurrentLinkedQueue<String> ids = new ConcurrentLinkedQueue<>();
        Measured.Clock clock = Measured.Clock.start(broker);
        try (Crew workers = Crew.start(shape.workers, () -> work(node, shape, open));
                Crew producers = Crew.start(shape.producers, () -> produce(left, shape.jobsPerSubmit, ids))) {
            producers.await();
            if (!open.await(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                throw new IOException(open.getCount() + " jobs did not end");
            }
            Measured measured = clock.stop(jobs);
            workers.await();
            check(List.copyOf(ids));
            return measured;
        }
    }

    private void work(SimulatedNode node, Shape shape, CountDownLatch open) throws Exception {
        try (HttpConnection connection = connect()) {
            while (open.getCount() > 0) {
                List<Held> held = node.claim(connection, shape.slotsPerClaim, CLAIM_WAIT_SECONDS);
                if (shape.reportsInBatches) {
                    node.reportBatch(connection, held);
                    held.forEach(one -> open.countDown());
                } else {
                    for (Held one : held) {
                        node.report(connection, one);
                        open.countDown();
                    }
                }
            }
        }
    }

    private void check(List<String> ids) throws Exception {
        try (HttpConnection connection = connect()) {
            int step = Math.max(1, ids.size() / RESULTS_CHECKED);
            for (int index = 0; index < ids.size(); index += step) {
                String result = connection.get("/results/" + ids.get(index)).orThrow();
                if (!result.contains("\"output\":\"hello\\n\"")) {
                    throw new IOException("not the result that was reported: " + result);
                }
            }
        }
    }

    SimulatedNode register(int slots) throws Exception {
        try (HttpConnection connection = connect()) {
            return SimulatedNode.register(connection, slots, labels);
        }
    }

    /** Ends whatever is pending. */
    void drain() throws Exception {
        SimulatedNode node = register(DRAIN_SLOTS);
        try (HttpConnection connection = connect()) {
            List<Held> held = node.claim(connection, DRAIN_SLOTS, 0);
            while (!held.isEmpty()) {
                node.reportBatch(connection, held);
                held = node.claim(connection, DRAIN_SLOTS, 0);
            }
        }
    }

    /** Claims one job at a time on several connections; only the claims are timed. */
    Measured claims(int connections, int jobs) throws Exception {
        SimulatedNode node = register(connections);
        Queue<Held> taken = new ConcurrentLinkedQueue<>();
        AtomicInteger left = new AtomicInteger(jobs);
        Measured.Clock clock = Measured.Clock.start(broker);
        try (Crew crew = Crew.start(connections, () -> {
            try (HttpConnection connection = connect()) {
                while (left.getAndDecrement() > 0) {
                    taken.addAll(node.claim(connection, 1, 0));
                }
            }
        })) {
            crew.await();
        }
        Measured measured = clock.stop(jobs);
        if (taken.size() != jobs) {
            throw new IOException("claimed %d of %d jobs".formatted(taken.size(), jobs));
        }
        reportAll(node, List.copyOf(taken));
        return measured;
    }

    private void reportAll(SimulatedNode node, List<Held> held) throws Exception {
        try (HttpConnection connection = connect()) {
            for (int from = 0; from < held.size(); from += DRAIN_SLOTS) {
                node.reportBatch(connection, held.subList(from, Math.min(held.size(), from + DRAIN_SLOTS)));
            }
        }
    }

    /** One job at a time, submit to result visible by a client that waits; a node's worker waits for it. */
    Samples latencies(int rounds) throws Exception {
        Samples samples = new Samples(rounds);
        CountDownLatch open = new CountDownLatch(rounds);
        SimulatedNode node = register(1);
        Shape oneByOne = new Shape(1, 1, 1, 1, false);
        try (Crew worker = Crew.start(1, () -> work(node, oneByOne, open));
                HttpConnection client = connect()) {
            for (int round = 0; round < rounds; round++) {
                long start = System.nanoTime();
                String id = submit(client, 1).get(0);
                client.get("/results/" + id + "?wait=30").orThrow();
                samples.add(System.nanoTime() - start);
            }
            worker.await();
        }
        return samples;
    }
}
