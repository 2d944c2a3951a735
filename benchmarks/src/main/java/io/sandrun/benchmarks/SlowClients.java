package io.sandrun.benchmarks;

import io.sandrun.benchmarks.SimulatedNode.Held;
import io.sandrun.benchmarks.SlowCrowd.Way;
import io.sandrun.protocol.Limits;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * One client and one node that do as they should, alone and then beside some two thousand connections that are slow in
 * every way there is, all from the same address. Fails if a call of the good ones does.
 */
public final class SlowClients {
    private static final int DEFAULT_SECONDS = 60;
    private static final int WARM_UP_SECONDS = 5;
    private static final int ROUNDS_MAX = 1_000_000;
    private static final String NO_LABELS = "{}";
    private static final String HOST = " HTTP/1.1\r\nHost: 127.0.0.1\r\n";
    private static final String UPGRADE = String.join(
            "\r\n",
            "Connection: Upgrade",
            "Upgrade: websocket",
            "Sec-WebSocket-Version: 13",
            "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==",
            "\r\n");
    private static final double[] PERCENTILES = {50, 99, 100};

    private final BrokerProcess broker;
    private final Load load;

    private SlowClients(BrokerProcess broker) {
        this.broker = broker;
        this.load = new Load(broker, NO_LABELS);
    }

    /** Argument: seconds of each of both. */
    public static void main(String[] args) throws Exception {
        int seconds = args.length > 0 ? Integer.parseInt(args[0]) : DEFAULT_SECONDS;
        Machine.print();
        try (ScratchDirectory scratch = ScratchDirectory.make();
                BrokerProcess broker = BrokerProcess.start(scratch.path().resolve("broker"))) {
            new SlowClients(broker).measure(seconds);
        }
        System.exit(0);
    }

    private void measure(int seconds) throws Exception {
        rounds(WARM_UP_SECONDS);
        Samples alone = rounds(seconds);
        try (SlowCrowd crowd = crowd()) {
            Thread slow = new Thread(crowd, "slow clients");
            slow.start();
            Samples beside = rounds(seconds);
            slow.interrupt();
            slow.join();
            System.out.printf(
                    "submit, claim, heartbeat, report, result: one after the other for %d s alone, and for %d s beside "
                            + "%,d slow connections,%nof which the broker ended %,d, who came again. No call failed.%n",
                    seconds, seconds, crowd.size(), crowd.cutOff());
            System.out.printf("%-22s %8s %8s %8s %10s%n", "ms for a job", "p50", "p99", "most", "jobs");
            print("alone", alone);
            print("beside slow clients", beside);
            System.out.printf("%-22s", "ratio");
            for (double percent : PERCENTILES) {
                System.out.printf(" %8.2f", beside.percentileMs(percent) / alone.percentileMs(percent));
            }
            System.out.println();
        }
    }

    private static void print(String what, Samples samples) {
        System.out.printf("%-22s", what);
        for (double percent : PERCENTILES) {
            System.out.printf(" %8.2f", samples.percentileMs(percent));
        }
        System.out.printf(" %10d%n", samples.count());
    }

    /** Jobs of the good ones, each from submit to result, for so long. */
    private Samples rounds(int seconds) throws Exception {
        Samples samples = new Samples(ROUNDS_MAX);
        try (HttpConnection client = HttpConnection.open(broker.url());
                HttpConnection agent = HttpConnection.open(broker.url())) {
            SimulatedNode node = SimulatedNode.register(agent, 1, NO_LABELS);
            long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
            while (System.nanoTime() < end) {
                long start = System.nanoTime();
                String jobId = load.submit(client, 1).get(0);
                List<Held> held = node.claim(agent, 1, Limits.CLAIM_WAIT_SECONDS_MAX);
                node.heartbeat(agent, held);
                node.report(agent, held.get(0));
                client.get("/results/" + jobId).orThrow();
                samples.add(System.nanoTime() - start);
            }
        }
        return samples;
    }

    private SlowCrowd crowd() throws Exception {
        SlowCrowd crowd = new SlowCrowd(broker.url());
        String large;
        String waiting;
        try (HttpConnection connection = HttpConnection.open(broker.url())) {
            large = load.submit(connection, 1).get(0);
            SimulatedNode node = SimulatedNode.register(connection, 1, NO_LABELS);
            node.report(connection, node.claim(connection, 1, 1).get(0), "\\u0001".repeat(Limits.OUTPUT_KEPT_BYTES));
            String forNobody = "{\"code\":\"1\",\"labels\":{\"nobody\":\"has it\"}}";
            waiting = Texts.of(connection.post("/submit", forNobody).orThrow(), "job_id")
                    .get(0);
        }
        String json = "Content-Type: application/json\r\nContent-Length: 1000000\r\n\r\n{";
        String form = "Content-Type: multipart/form-data; boundary=b\r\nContent-Length: 1000000\r\n\r\n--b\r\n"
                + "Content-Disposition: form-data; name=\"%s\"; filename=\"a.bin\"\r\n\r\n" + "x".repeat(2_000);
        crowd.add(200, new Way("POST /submit" + HOST + json, true, true));
        crowd.add(200, new Way("POST /heartbeat" + HOST + json, false, true));
        crowd.add(200, new Way("POST /submit HTTP/1.1\r\nX-Slow: ", true, true));
        crowd.add(200, new Way("", false, true));
        crowd.add(100, new Way("POST /submit" + HOST + form.formatted("files"), true, true));
        crowd.add(100, new Way("POST /submit" + HOST + form.formatted("unheard"), false, true));
        crowd.add(40, new Way("GET /results/" + large + HOST + "\r\n", false, false));
        crowd.add(100, new Way(("GET /jobs" + HOST + "\r\n").repeat(10), false, false));
        crowd.add(200, new Way("GET /logs/" + large + "/stream" + HOST + UPGRADE, false, false));
        crowd.add(200, new Way("GET /logs/" + large + "/stream" + HOST + "\r\n", false, false));
        crowd.add(500, new Way("GET /status/" + waiting + "?wait=300" + HOST + "\r\n", false, false));
        return crowd;
    }
}
