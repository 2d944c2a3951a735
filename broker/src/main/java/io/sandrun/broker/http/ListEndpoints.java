package io.sandrun.broker.http;

import io.javalin.http.Context;
import io.sandrun.broker.Refusal;
import io.sandrun.broker.job.JobFilter;
import io.sandrun.broker.job.JobList;
import io.sandrun.protocol.ErrorCode;
import io.sandrun.protocol.Interpreters;
import io.sandrun.protocol.JobState;
import io.sandrun.protocol.Limits;
import io.sandrun.protocol.Outcome;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** What clients call to see many jobs. */
final class ListEndpoints {
    private static final List<String> PARAMETERS = List.of(
            "client",
            "code",
            "created_after",
            "created_before",
            "cursor",
            "environment",
            "id",
            "interpreter",
            IdempotencyKey.PARAMETER,
            "label",
            "limit",
            "node",
            "state",
            "status");

    private static final Pattern ID_BEGIN = Pattern.compile("[0-9a-z-]{1,64}");

    /** Beyond every time that a clock of ours shows, and small enough to be counted on with. */
    private static final long END_OF_TIME_MS = Long.MAX_VALUE / 2;

    private final JobList list;

    ListEndpoints(JobList list) {
        this.list = list;
    }

    CompletableFuture<Answer> jobs(Context request) {
        refuseUnknown(request);
        String sees = AccessCheck.principal(request).sees();
        String client = request.queryParam("client");
        JobFilter filter = new JobFilter(
                state(request),
                status(request),
                outcome(request),
                idBegin(request),
                request.queryParam("node"),
                interpreter(request),
                request.queryParam("environment"),
                labels(request),
                IdempotencyKey.asked(request),
                sees != null ? sees : client,
                new JobFilter.Created(
                        timeMs(request, "created_after", 0), timeMs(request, "created_before", END_OF_TIME_MS)));
        int limit = limit(request);
        boolean isOfOthers = sees != null && client != null && !client.equals(sees);
        return CompletableFuture.completedFuture(
                Answer.ok(isOfOthers ? JobList.Page.EMPTY : list.page(filter, request.queryParam("cursor"), limit)));
    }

    private static void refuseUnknown(Context request) {
        for (String name : request.queryParamMap().keySet()) {
            if (!PARAMETERS.contains(name)) {
                throw new Refusal(
                        ErrorCode.UNKNOWN_FIELD,
                        "Nothing reads the parameter \"" + name + "\".",
                        Map.of("field", name, "expected", "one of " + String.join(", ", PARAMETERS)));
            }
        }
    }

    private static @Nullable JobState state(Context request) {
        String written = request.queryParam("state");
        if (written == null) {
            return null;
        }
        return Arrays.stream(JobState.values())
                .filter(state -> state.wire().equals(written))
                .findFirst()
                .orElseThrow(() -> Refusal.invalidField(
                        "state",
                        "one of "
                                + Arrays.stream(JobState.values())
                                        .map(JobState::wire)
                                        .toList()));
    }

    private static @Nullable Outcome outcome(Context request) {
        String written = request.queryParam("code");
        if (written == null) {
            return null;
        }
        List<String> words = Arrays.stream(Outcome.values()).map(Outcome::wire).toList();
        if (!words.contains(written)) {
            throw Refusal.invalidField("code", "one of " + words);
        }
        return Outcome.ofWire(written);
    }

    private static @Nullable String idBegin(Context request) {
        String written = request.queryParam("id");
        if (written != null && !ID_BEGIN.matcher(written).matches()) {
            throw Refusal.invalidField("id", "the first characters of a job's id, such as pool-01kd");
        }
        return written;
    }

    private static @Nullable String status(Context request) {
        String written = request.queryParam("status");
        List<String> words = JobState.legacyStatuses();
        if (written != null && !words.contains(written)) {
            throw Refusal.invalidField("status", "one of " + words);
        }
        return written;
    }

    private static @Nullable String interpreter(Context request) {
        String written = request.queryParam("interpreter");
        return written == null ? null : Interpreters.canonical(written).orElse(written);
    }

    private static Map<String, String> labels(Context request) {
        Map<String, String> labels = new HashMap<>();
        for (String label : request.queryParams("label")) {
            String[] parts = label.split("=", 2);
            if (parts.length < 2 || parts[0].isEmpty()) {
                throw Refusal.invalidField("label", "written as key=value");
            }
            labels.put(parts[0], parts[1]);
        }
        return labels;
    }

    private static int limit(Context request) {
        String written = request.queryParam("limit");
        try {
            int limit = written == null ? Limits.LIST_JOBS_DEFAULT : Integer.parseInt(written);
            if (limit >= 1 && limit <= Limits.LIST_JOBS_MAX) {
                return limit;
            }
        } catch (NumberFormatException wrong) {
            // Refused below like a number out of bounds.
        }
        throw Refusal.invalidField("limit", "a whole number from 1 to " + Limits.LIST_JOBS_MAX);
    }

    private static long timeMs(Context request, String name, long otherwise) {
        String written = request.queryParam(name);
        if (written == null) {
            return otherwise;
        }
        try {
            double seconds = Double.parseDouble(written);
            if (seconds >= 0 && seconds < END_OF_TIME_MS / 1000.0) {
                return Math.round(seconds * 1000);
            }
        } catch (NumberFormatException otherForm) {
            try {
                return Instant.parse(written).toEpochMilli();
            } catch (DateTimeParseException | ArithmeticException wrong) {
                // Refused below like a number out of bounds.
            }
        }
        throw Refusal.invalidField(name, "seconds since 1970 or a time such as 2026-01-31T12:00:00Z");
    }
}
