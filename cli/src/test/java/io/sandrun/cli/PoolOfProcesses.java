package io.sandrun.cli;

import com.fasterxml.jackson.databind.JsonNode;
import io.sandrun.protocol.BrokerClient;
import io.sandrun.protocol.Json;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A trusted pool as people start one: keys, a list, a broker and nodes, each a process; ended with its test. */
final class PoolOfProcesses implements AutoCloseable {
    private static final Pattern WORKER_ID = Pattern.compile("Worker ID: ([A-Za-z0-9+/]{43}=)");
    private static final long PATIENCE_SECONDS = 60;

    private final Path directory;
    private final Deque<SandrunProcess> processes = new ArrayDeque<>();
    private final List<String> workerIds = new ArrayList<>();
    private final List<String> healthPorts = new ArrayList<>();
    private String url = "";

    private PoolOfProcesses(Path directory) {
        this.directory = directory;
    }

    /** @param maxConcurrentJobs of each node, which has as many slots */
    static PoolOfProcesses start(Path directory, int nodes, int maxConcurrentJobs) throws Exception {
        PoolOfProcesses pool = startBroker(directory, nodes, maxConcurrentJobs);
        try {
            pool.openNodes(maxConcurrentJobs);
            return pool;
        } catch (Exception | AssertionError failed) {
            pool.close();
            throw failed;
        }
    }

    /** Makes keys for so many nodes, worker1 and on, and starts a broker that lists them. */
    static PoolOfProcesses startBroker(Path directory, int nodes, int maxConcurrentJobs) throws Exception {
        PoolOfProcesses pool = new PoolOfProcesses(directory);
        try {
            pool.openBroker(nodes, maxConcurrentJobs);
            return pool;
        } catch (Exception | AssertionError failed) {
            pool.close();
            throw failed;
        }
    }

    private void openBroker(int nodes, int maxConcurrentJobs) throws Exception {
        for (int number = 1; number <= nodes; number++) {
            workerIds.add(makeKey(keyFile("worker" + number)));
        }
        Path list = directory.resolve("workers.json");
        Files.writeString(
                list,
                Json.write(workerIds.stream()
                        .map(id -> Map.of(
                                "worker_id",
                                id,
                                "endpoint",
                                "http://localhost:8443",
                                "max_concurrent_jobs",
                                maxConcurrentJobs))
                        .toList()));
        SandrunProcess broker =
                started("broker", "--port", "0", "--workers", list.toString(), "--data", data("broker"));
        for (String workerId : workerIds) {
            broker.awaitError("Trusted worker added: " + Pattern.quote(workerId.substring(0, 12)));
        }
        url = broker.awaitError("listening at (http://\\S+)");
    }

    private void openNodes(int slots) throws Exception {
        List<SandrunProcess> started = new ArrayList<>();
        for (int number = 1; number <= workerIds.size(); number++) {
            started.add(node("worker" + number, slots, url));
        }
        for (SandrunProcess node : started) {
            healthPorts.add(node.awaitError("answers /health on port (\\d+)"));
            node.awaitError("ready");
        }
        awaitHealthy(workerIds.size());
    }

    /** A node in the words of the older documents, which names the broker. */
    SandrunProcess node(String name, int slots, String broker) throws Exception {
        return started(
                "--port",
                "0",
                "--worker-key",
                keyFile(name).toString(),
                "--broker",
                broker,
                "--data",
                data(name),
                "--slots",
                String.valueOf(slots),
                "--environments",
                "none",
                "--no-installs");
    }

    private SandrunProcess started(String... args) throws Exception {
        SandrunProcess process = SandrunProcess.start(Map.of(), args);
        processes.push(process);
        return process;
    }

    /** Answers the worker id, as it was printed. */
    static String makeKey(Path file) throws Exception {
        String printed = SandrunProcess.run(Map.of(), "", "--generate-key", file.toString())
                .output();
        Matcher id = WORKER_ID.matcher(printed);
        if (!id.find()) {
            throw new AssertionError("no worker id in: " + printed);
        }
        return id.group(1);
    }

    Path keyFile(String name) {
        return directory.resolve(name + ".pem");
    }

    private String data(String name) {
        return directory.resolve("data-" + name).toString();
    }

    void awaitHealthy(int nodes) throws Exception {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
        while (pool().path("healthy_workers").asInt() < nodes) {
            if (System.nanoTime() - deadline > 0) {
                throw new AssertionError("not all nodes came: " + pool());
            }
        }
    }

    JsonNode pool() throws Exception {
        return client().pool();
    }

    BrokerClient client() {
        return new BrokerClient(URI.create(url));
    }

    String url() {
        return url;
    }

    List<String> workerIds() {
        return workerIds;
    }

    /** On which each node answers for itself. */
    List<String> healthPorts() {
        return healthPorts;
    }

    @Override
    public void close() {
        while (!processes.isEmpty()) {
            processes.pop().close();
        }
    }
}
