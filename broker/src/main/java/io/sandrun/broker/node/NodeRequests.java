package io.sandrun.broker.node;

import io.sandrun.broker.JsonFields;
import io.sandrun.broker.Refusal;
import io.sandrun.protocol.Capabilities;
import io.sandrun.protocol.Capabilities.Gpu;
import io.sandrun.protocol.Interpreters;
import io.sandrun.protocol.Json;
import io.sandrun.protocol.Limits;
import io.sandrun.protocol.NodeMessages.AttemptReport;
import io.sandrun.protocol.NodeMessages.Claim;
import io.sandrun.protocol.NodeMessages.Complete;
import io.sandrun.protocol.NodeMessages.HeldLease;
import io.sandrun.protocol.NodeMessages.PhasesAfterMs;
import io.sandrun.protocol.NodeMessages.Release;
import io.sandrun.protocol.NodeMessages.Usage;
import io.sandrun.protocol.Outcome;
import io.sandrun.protocol.OutputReport;
import io.sandrun.protocol.OwnerTerms;
import io.sandrun.protocol.PhasesMs;
import io.sandrun.protocol.Start;
import io.sandrun.protocol.identity.SessionSecret;
import io.sandrun.protocol.identity.WorkerKey;
import io.sandrun.protocol.log.LogReport;
import io.sandrun.protocol.log.LogStream;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * Reads what nodes say, in today's words and in those of older nodes. Unlike a client's fields, a node's unknown ones
 * are passed over: a newer node may say more than this broker understands.
 */
public final class NodeRequests {
    private static final int ID_BYTES = 128;
    private static final int NAME_BYTES = 256;
    private static final int ENDPOINT_BYTES = 2_048;
    private static final int REASON_BYTES = 4_096;
    private static final int VERSION_BYTES = 256;
    private static final int LISTED_MAX = 64;

    /** A year: no attempt lasts that long. */
    private static final long PHASE_MS_MAX = 365L * 24 * 3_600_000;

    /** Base64 grows by a third. */
    private static final int BASE64_BYTES = 2 * Limits.OUTPUT_KEPT_BYTES;

    private static final int MB_PER_GB = 1024;

    private NodeRequests() {}

    /**
     * @param leases those that it still holds from before
     * @param goesOn whether it gives up none at all
     */
    public record Registration(@Nullable String workerId, Node.Profile profile, List<String> leases, boolean goesOn) {}

    public static Registration registration(JsonFields fields) {
        Optional<String> workerId = fields.text("worker_id", ID_BYTES);
        workerId.ifPresent(NodeRequests::checkKey);
        String endpoint = fields.text("endpoint", ENDPOINT_BYTES)
                .or(() -> workerId.map(key -> ""))
                .orElseThrow(() -> Refusal.missingField("endpoint", "the address of the node, a text"));
        String name = fields.text("name", NAME_BYTES).orElse(endpoint);
        Capabilities capabilities = fields.object("capabilities")
                .map(NodeRequests::capabilities)
                .orElseGet(() -> capabilities(JsonFields.of(Json.MAPPER.createObjectNode())));
        if (Json.write(capabilities).length() > Limits.CAPABILITIES_CHARACTERS) {
            throw Refusal.invalidField(
                    "capabilities", "at most " + Limits.CAPABILITIES_CHARACTERS + " characters of JSON");
        }
        return new Registration(
                workerId.orElse(null),
                new Node.Profile(name, endpoint, capabilities),
                fields.texts("leases", Limits.NODE_LEASES_MAX, ID_BYTES),
                fields.flag("goes_on").orElse(false));
    }

    private static void checkKey(String workerId) {
        if (WorkerKey.of(workerId).isEmpty()) {
            throw Refusal.invalidField("worker_id", "base64 of a public key of " + WorkerKey.RAW_BYTES + " bytes");
        }
    }

    private static Capabilities capabilities(JsonFields fields) {
        List<String> interpreters = fields.has("interpreters")
                ? fields.texts("interpreters", LISTED_MAX, NAME_BYTES)
                : List.of(Interpreters.DEFAULT);
        return new Capabilities(
                interpreters.stream()
                        .map(name -> Interpreters.canonical(name).orElse(name))
                        .distinct()
                        .toList(),
                fields.textMap("interpreter_versions", LISTED_MAX, VERSION_BYTES),
                EnvironmentOffers.read(fields),
                fields.wholeNumber("cpu_cores", 0, Limits.CORES_MAX).orElse(1L).intValue(),
                memoryMb(fields),
                gpus(fields),
                fields.wholeNumber("slots", 1, Limits.CLAIM_SLOTS_MAX)
                        .orElse(1L)
                        .intValue(),
                fields.textMap("labels", Limits.LABELS, Limits.LABEL_CHARACTERS),
                fields.texts("isolation", LISTED_MAX, NAME_BYTES),
                fields.texts("features", LISTED_MAX, NAME_BYTES),
                fields.text("platform", NAME_BYTES).orElse(""),
                fields.object("owner_terms").map(NodeRequests::ownerTerms).orElse(OwnerTerms.NONE));
    }

    private static OwnerTerms ownerTerms(JsonFields fields) {
        return new OwnerTerms(
                fields.object("closed")
                        .map(closed -> new OwnerTerms.Closed(
                                closed.requiredText("code", ID_BYTES),
                                closed.text("reason", Limits.CLOSED_REASON_BYTES)
                                        .orElse(""),
                                closed.number("until", 0, Limits.TIME_SECONDS_MAX)
                                        .orElse(null)))
                        .orElse(null),
                fields.wholeNumber("memory_mb", 0, Limits.MACHINE_MEMORY_MB_MAX).orElse(null),
                fields.has("keys") ? fields.texts("keys", Limits.OWNER_KEYS, ID_BYTES) : null);
    }

    private static long memoryMb(JsonFields fields) {
        return fields.wholeNumber("memory_mb", 0, Limits.MACHINE_MEMORY_MB_MAX)
                .or(() -> fields.number("memory_gb", 0, Limits.MACHINE_MEMORY_MB_MAX / (double) MB_PER_GB)
                        .map(gb -> Math.round(gb * MB_PER_GB)))
                // An older node that does not say is trusted with any job.
                .orElse((long) Limits.MEMORY_MB_MAX);
    }

    private static List<Gpu> gpus(JsonFields fields) {
        if (fields.has("gpus")) {
            return fields.objects("gpus", Limits.GPUS_MAX).stream()
                    .map(gpu -> new Gpu(
                            gpu.requiredText("name", NAME_BYTES),
                            gpu.wholeNumber("memory_mb", 0, Limits.MACHINE_MEMORY_MB_MAX)
                                    .orElse(0L)))
                    .toList();
        }
        long count = fields.isFlag("gpu")
                ? fields.flag("gpu").orElse(false) ? 1 : 0
                : fields.wholeNumber("gpu", 0, Limits.GPUS_MAX).orElse(0L);
        return Collections.nCopies((int) count, new Gpu("unknown", 0));
    }

    /**
     * @param leases what it holds; empty altogether from an older node, which does not say
     * @param waitMs how long the answer may be kept back until there is news
     */
    public record Beat(String nodeId, Optional<List<HeldLease>> leases, long waitMs) {}

    public static Beat beat(JsonFields fields) {
        String nodeId = nodeId(fields);
        Optional<List<HeldLease>> leases = fields.has("leases")
                ? Optional.of(fields.objects("leases", Limits.NODE_LEASES_MAX).stream()
                        .map(lease -> new HeldLease(
                                lease.requiredText("lease_id", ID_BYTES),
                                lease.flag("started").orElse(false)))
                        .toList())
                : Optional.empty();
        double waitSeconds =
                fields.number("wait_seconds", 0, Limits.CLAIM_WAIT_SECONDS_MAX).orElse(0.0);
        return new Beat(nodeId, leases, Math.round(waitSeconds * 1000));
    }

    public static Claim claim(JsonFields fields) {
        return new Claim(
                nodeId(fields),
                slots(fields),
                fields.number("wait_seconds", 0, Limits.CLAIM_WAIT_SECONDS_MAX).orElse(0.0));
    }

    /** How many jobs a report claims beside what it tells; empty from a node that claims by itself. */
    public static OptionalInt nextSlots(JsonFields report) {
        return report.object("claim").stream().mapToInt(claim -> slots(claim)).findFirst();
    }

    private static int slots(JsonFields claim) {
        return claim.wholeNumber("slots", 1, Limits.CLAIM_SLOTS_MAX).orElse(1L).intValue();
    }

    /** The node's half of the secret of the session that it asks for; empty if it wants one by its token alone. */
    public static Optional<String> sessionKey(JsonFields fields) {
        Optional<String> half = fields.text("session_key", ID_BYTES);
        if (half.isPresent() && !SessionSecret.isPublicHalf(half.get())) {
            throw Refusal.invalidField(
                    "session_key", "base64 of an X25519 public key of " + SessionSecret.PUBLIC_BYTES + " bytes");
        }
        return half;
    }

    /** Which node asks for another session. */
    public static String renewal(JsonFields fields) {
        return nodeId(fields);
    }

    public static Release release(JsonFields fields) {
        return new Release(
                nodeId(fields),
                fields.texts("leases", Limits.NODE_LEASES_MAX, ID_BYTES),
                fields.flag("leaving").orElse(false));
    }

    public static Complete complete(JsonFields fields) {
        return complete(nodeId(fields), fields);
    }

    /** The reports of a batch, still to be read one by one with {@link #complete(String, JsonFields)}. */
    public record Batch(String nodeId, List<JsonFields> reports) {}

    public static Batch batch(JsonFields fields) {
        if (!fields.has("reports")) {
            throw Refusal.missingField("reports", "a list of at most " + Limits.BATCH_REPORTS + " reports");
        }
        return new Batch(nodeId(fields), fields.objects("reports", Limits.BATCH_REPORTS));
    }

    public static Complete complete(String nodeId, JsonFields fields) {
        return new Complete(
                nodeId,
                fields.requiredText("job_id", ID_BYTES),
                fields.requiredText("output", Limits.BODY_BYTES),
                fields.requiredText("error", Limits.BODY_BYTES),
                (int) fields.requiredWholeNumber("exit_code", Integer.MIN_VALUE, Integer.MAX_VALUE),
                fields.text("lease_id", ID_BYTES).orElse(null),
                fields.object("attempt").map(NodeRequests::attempt).orElse(null),
                fields.text("signature", ID_BYTES).orElse(null),
                fields.object("receipt").map(AccountReader::read).orElse(null));
    }

    private static AttemptReport attempt(JsonFields fields) {
        return new AttemptReport(
                outcome(fields.requiredText("code", ID_BYTES)),
                fields.text("reason", REASON_BYTES).orElse(""),
                fields.wholeNumber("signal", 1, 64).map(Long::intValue).orElse(null),
                fields.text("output_base64", BASE64_BYTES).orElse(null),
                fields.text("error_base64", BASE64_BYTES).orElse(null),
                fields.wholeNumber("output_bytes", 0, Long.MAX_VALUE).orElse(0L),
                fields.wholeNumber("error_bytes", 0, Long.MAX_VALUE).orElse(0L),
                fields.object("usage").map(NodeRequests::usage).orElse(new Usage(0, 0, 0)),
                fields.object("phases").map(NodeRequests::phases).orElse(null),
                fields.text("start", ID_BYTES).flatMap(Start::named).orElse(null),
                fields.object("phases_ms").map(NodeRequests::phasesMs).orElse(null),
                fields.text("environment", NAME_BYTES).orElse(null),
                fields.object("outputs").map(OutputReportReader::read).orElse(OutputReport.NOTHING),
                fields.object("log").map(NodeRequests::log).orElse(null));
    }

    private static LogReport log(JsonFields fields) {
        return new LogReport(
                fields.wholeNumber("bytes", 0, Limits.LOG_BYTES).orElse(0L),
                fields.flag("sent").orElse(false),
                fields.objects("order", Limits.LOG_ORDER_PIECES).stream()
                        .map(NodeRequests::logPiece)
                        .toList());
    }

    private static LogReport.Piece logPiece(JsonFields fields) {
        return new LogReport.Piece(
                LogStream.named(fields.requiredText("stream", ID_BYTES))
                        .filter(stream -> stream != LogStream.INSTALL)
                        .orElseThrow(() -> Refusal.invalidField("attempt.log.order.stream", "stdout or stderr")),
                (int) fields.requiredWholeNumber("time_ms", 0, Integer.MAX_VALUE),
                (int) fields.requiredWholeNumber("length", 1, Limits.OUTPUT_KEPT_BYTES));
    }

    private static Outcome outcome(String code) {
        return Arrays.stream(Outcome.values())
                .filter(outcome -> outcome.wire().equals(code))
                .findFirst()
                .orElseThrow(() -> Refusal.invalidField(
                        "attempt.code",
                        "one of "
                                + Arrays.stream(Outcome.values())
                                        .map(Outcome::wire)
                                        .toList()));
    }

    private static Usage usage(JsonFields fields) {
        return new Usage(
                fields.number("cpu_seconds", 0, Double.MAX_VALUE).orElse(0.0),
                fields.wholeNumber("memory_peak_bytes", 0, Long.MAX_VALUE).orElse(0L),
                fields.wholeNumber("wall_time_ms", 0, Long.MAX_VALUE).orElse(0L));
    }

    private static PhasesAfterMs phases(JsonFields fields) {
        return new PhasesAfterMs(afterMs(fields, "prepared"), afterMs(fields, "started"), afterMs(fields, "ended"));
    }

    private static @Nullable Long afterMs(JsonFields fields, String phase) {
        return fields.wholeNumber(phase, 0, PHASE_MS_MAX).orElse(null);
    }

    private static PhasesMs phasesMs(JsonFields fields) {
        return new PhasesMs(tookMs(fields, "prepare"), tookMs(fields, "start"), tookMs(fields, "run"));
    }

    private static double tookMs(JsonFields fields, String phase) {
        return fields.number(phase, 0, PHASE_MS_MAX).orElse(0.0);
    }

    private static String nodeId(JsonFields fields) {
        return fields.requiredText("node_id", ID_BYTES);
    }
}
