package io.sandrun.benchmarks.faults;

import io.sandrun.broker.Broker;
import io.sandrun.broker.BrokerConfig;
import io.sandrun.broker.store.WriteObserver;
import io.sandrun.protocol.BrokerClient;
import io.sandrun.protocol.BrokerException;
import io.sandrun.protocol.ErrorCode;
import io.sandrun.protocol.Json;
import io.sandrun.protocol.NodeMessages.ClaimedJob;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** A broker in this process with a clock moved by hand, one scripted node, and verbs for single transitions. */
final class Bench implements AutoCloseable {
    static final Duration NODE_TIMEOUT = Duration.ofMillis(500);
    static final Duration RESULT_TTL = Duration.ofSeconds(60);
    static final int MAX_RETRIES = 1;
    private static final long SWEEP_TIMEOUT_MS = 20_000;

    final HandClock clock = HandClock.standing();
    final Ledger ledger = new Ledger();
    final BrokerClient client;
    final ScriptedNode node;
    private final Broker broker;

    Bench(Path data, WriteObserver observer) throws IOException {
        BrokerConfig config = BrokerConfig.builder(data)
                .port(0)
                .nodeTimeout(NODE_TIMEOUT)
                .resultTtl(RESULT_TTL)
                .maxRetries(MAX_RETRIES)
                .build();
        broker = Broker.start(config, clock, observer);
        client = new BrokerClient(URI.create(broker.url()));
        // The broker's own grace is over.
        clock.jump(NODE_TIMEOUT.plusMillis(1));
        node = nodeNamed("bench");
        node.register(List.of());
        node.heartbeat(List.of(), false);
    }

    ScriptedNode nodeNamed(String name) {
        return new ScriptedNode(URI.create(broker.url()), clock, ledger, name);
    }

    String submit() throws IOException {
        String jobId = Traffic.submitOne(client, "true");
        ledger.accepted(jobId);
        return jobId;
    }

    /** Submits with more than a program, under a key; the same again is the same. */
    String submitUnder(String key, Map<String, ?> more) throws IOException {
        Map<String, Object> body = new HashMap<>(Map.of("code", "true", "interpreter", "bash"));
        body.putAll(more);
        String jobId = new Order(key, Json.MAPPER.valueToTree(body)).submit(client);
        ledger.accepted(key, jobId);
        return jobId;
    }

    /** Claims the one job that waits. */
    ClaimedJob claim() throws IOException {
        List<ClaimedJob> jobs = node.claim(1, 0);
        if (jobs.size() != 1) {
            throw new IllegalStateException("expected one job to claim, got " + jobs);
        }
        return jobs.get(0);
    }

    ClaimedJob submitAndClaim() throws IOException {
        submit();
        return claim();
    }

    /** Empty if the job is forgotten. */
    String state(String jobId) {
        try {
            return client.status(jobId, 0).path("state").asText();
        } catch (BrokerException answered) {
            if (answered.is(ErrorCode.UNKNOWN_JOB)) {
                return "";
            }
            throw new UncheckedIOException(answered);
        } catch (IOException broken) {
            throw new UncheckedIOException(broken);
        }
    }

    /** Whether it waits for a node and not for its time. */
    boolean isInLine(String jobId) {
        try {
            return client.status(jobId, 0).path("queue_position").asInt() > 0;
        } catch (IOException broken) {
            throw new UncheckedIOException(broken);
        }
    }

    /** Waits for what a sweep of the broker does by itself. */
    void awaitState(String jobId, String state) throws Exception {
        Ground.await(jobId + " " + state, SWEEP_TIMEOUT_MS, () -> state(jobId).equals(state));
    }

    @Override
    public void close() {
        broker.close();
    }
}
