package io.sandrun.benchmarks;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** What a node says over a connection; runs nothing. Thread-safe: it has no state but its id. */
final class SimulatedNode {
    private static final String REPORT = "{\"job_id\":\"%s\",\"lease_id\":\"%s\",\"output\":\"%s\",\"error\":\"\","
            + "\"exit_code\":0,\"attempt\":{\"code\":\"ok\",\"reason\":\"\","
            + "\"output_bytes\":6,\"error_bytes\":0,"
            + "\"usage\":{\"cpu_seconds\":0.01,\"memory_peak_bytes\":9000000,\"wall_time_ms\":12}}%s}";

    private static final String HELLO = "hello\\n";

    private final String id;

    private SimulatedNode(String id) {
        this.id = id;
    }

    /** A lease on a job. */
    record Held(String jobId, String leaseId) {}

    /** @param labels JSON object of texts */
    static SimulatedNode register(HttpConnection connection, int slots, String labels) throws IOException {
        String reply = connection.post("/register", registration(slots, labels)).orThrow();
        return new SimulatedNode(Texts.of(reply, "node_id").get(0));
    }

    static String registration(int slots, String labels) {
        return "{\"endpoint\":\"simulated\",\"capabilities\":{\"interpreters\":[\"python3\"],\"cpu_cores\":2,"
                + "\"memory_mb\":4096,\"slots\":" + slots + ",\"labels\":" + labels + "}}";
    }

    String id() {
        return id;
    }

    List<Held> claim(HttpConnection connection, int slots, double waitSeconds) throws IOException {
        String reply = connection.post("/claim", claim(id, slots, waitSeconds)).orThrow();
        // The first job stands twice in the answer: alone for older nodes, then in the list.
        String jobs = reply.substring(Math.max(0, reply.indexOf("\"jobs\":")));
        List<String> ids = Texts.of(jobs, "id");
        List<String> leases = Texts.of(jobs, "lease_id");
        List<Held> held = new ArrayList<>(ids.size());
        for (int index = 0; index < ids.size(); index++) {
            held.add(new Held(ids.get(index), leases.get(index)));
        }
        return held;
    }

    static String claim(String nodeId, int slots, double waitSeconds) {
        return "{\"node_id\":\"" + nodeId + "\",\"slots\":" + slots + ",\"wait_seconds\":" + waitSeconds + "}";
    }

    void report(HttpConnection connection, Held held) throws IOException {
        report(connection, held, HELLO);
    }

    /** @param output as it stands in JSON */
    void report(HttpConnection connection, Held held, String output) throws IOException {
        connection
                .post("/complete", report(held, output, ",\"node_id\":\"" + id + "\""))
                .orThrow();
    }

    /** @throws IOException if one of them is not recorded */
    void reportBatch(HttpConnection connection, List<Held> held) throws IOException {
        List<String> reports = held.stream().map(one -> report(one, HELLO, "")).toList();
        String body = "{\"node_id\":\"" + id + "\",\"reports\":[" + String.join(",", reports) + "]}";
        String reply = connection.post("/complete/batch", body).orThrow();
        int recorded = Collections.frequency(Texts.of(reply, "status"), "recorded");
        if (recorded != held.size()) {
            throw new IOException("only %d of %d reports were recorded: %s".formatted(recorded, held.size(), reply));
        }
    }

    private static String report(Held held, String output, String more) {
        return REPORT.formatted(held.jobId, held.leaseId, output, more);
    }

    /** Says that it lives. */
    void heartbeat(HttpConnection connection) throws IOException {
        connection.post("/heartbeat", heartbeat(id)).orThrow();
    }

    /** Likewise, and that it holds these leases. */
    void heartbeat(HttpConnection connection, List<Held> held) throws IOException {
        String leases = held.stream()
                .map(one -> "{\"lease_id\":\"" + one.leaseId + "\",\"started\":true}")
                .collect(Collectors.joining(","));
        connection
                .post("/heartbeat", "{\"node_id\":\"" + id + "\",\"leases\":[" + leases + "]}")
                .orThrow();
    }

    static String heartbeat(String nodeId) {
        return String.format(Locale.ROOT, "{\"node_id\":\"%s\",\"leases\":[]}", nodeId);
    }
}
