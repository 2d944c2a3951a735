package io.sandrun.broker.pool;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.sandrun.broker.JsonFields;
import io.sandrun.broker.Refusal;
import io.sandrun.protocol.Json;
import io.sandrun.protocol.Limits;
import io.sandrun.protocol.identity.WorkerKey;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What a workers file says, checked: a JSON list of {@code {worker_id, endpoint, max_concurrent_jobs}}. Immutable.
 *
 * @param workers by their key, in the order of the file
 */
record WorkerList(Map<String, PoolWorker> workers) {
    /** A hundred thousand workers, each with a long address. */
    private static final int FILE_BYTES_MAX = 32 << 20;

    private static final int ID_BYTES = 128;
    private static final int ENDPOINT_BYTES = 2_048;
    private static final long MAX_CONCURRENT_JOBS_DEFAULT = 4;
    private static final String LIST = "workers";

    static WorkerList read(Path file) throws WorkerListException {
        JsonNode entries = tree(file, bytes(file));
        if (!entries.isArray()) {
            throw new WorkerListException(
                    file + " must hold a JSON list of {\"worker_id\": ...}, written in brackets.");
        }
        Map<String, PoolWorker> workers = new LinkedHashMap<>();
        try {
            JsonFields fields = JsonFields.of(Json.MAPPER.createObjectNode().<ObjectNode>set(LIST, entries));
            for (JsonFields entry : fields.objects(LIST, Limits.POOL_WORKERS)) {
                PoolWorker worker = worker(entry);
                if (workers.putIfAbsent(worker.workerId(), worker) != null) {
                    throw Refusal.invalidField(entry.place("worker_id"), "another than those of the entries before it");
                }
            }
        } catch (Refusal wrong) {
            throw new WorkerListException(file + ": " + wrong.getMessage());
        }
        return new WorkerList(workers);
    }

    private static byte[] bytes(Path file) throws WorkerListException {
        // Of a pipe or a device nobody knows when it ends.
        if (Files.exists(file) && !Files.isRegularFile(file)) {
            throw new WorkerListException(file + " is no file.");
        }
        try (InputStream in = Files.newInputStream(file)) {
            byte[] bytes = in.readNBytes(FILE_BYTES_MAX + 1);
            if (bytes.length > FILE_BYTES_MAX) {
                throw new WorkerListException(
                        "%s is no list of workers: it has more than %d bytes.".formatted(file, FILE_BYTES_MAX));
            }
            return bytes;
        } catch (NoSuchFileException absent) {
            throw new WorkerListException(
                    file + " is not there: write the pool's workers into it, or [] for none as yet.");
        } catch (IOException unreadable) {
            throw new WorkerListException(file + " cannot be read: " + unreadable.getMessage());
        }
    }

    private static JsonNode tree(Path file, byte[] bytes) throws WorkerListException {
        try {
            return Json.MAPPER.readTree(bytes);
        } catch (IOException broken) {
            String first =
                    String.valueOf(broken.getMessage()).lines().findFirst().orElse("");
            throw new WorkerListException(file + " is not JSON: " + first);
        }
    }

    private static PoolWorker worker(JsonFields entry) {
        String workerId = entry.requiredText("worker_id", ID_BYTES);
        if (WorkerKey.of(workerId).isEmpty()) {
            throw Refusal.invalidField(
                    entry.place("worker_id"),
                    "base64 of a public key of " + WorkerKey.RAW_BYTES + " bytes, as --generate-key prints it");
        }
        Optional<String> endpoint = entry.text("endpoint", ENDPOINT_BYTES);
        if (endpoint.isPresent() && !isAddress(endpoint.get())) {
            throw Refusal.invalidField(entry.place("endpoint"), "an address such as http://host:8443");
        }
        long most = entry.wholeNumber("max_concurrent_jobs", 1, Limits.NODE_LEASES_MAX)
                .orElse(MAX_CONCURRENT_JOBS_DEFAULT);
        entry.refuseUnknown();
        return new PoolWorker(workerId, endpoint.orElse(""), (int) most);
    }

    private static boolean isAddress(String text) {
        try {
            URI address = new URI(text);
            return address.getHost() != null
                    && ("http".equals(address.getScheme()) || "https".equals(address.getScheme()));
        } catch (URISyntaxException malformed) {
            return false;
        }
    }

    /** Whether it has the same entries in the same order. */
    boolean isSameAs(WorkerList other) {
        return List.copyOf(workers.values()).equals(List.copyOf(other.workers.values()));
    }
}
