package io.sandrun.broker;

import com.fasterxml.jackson.databind.JsonNode;
import io.sandrun.protocol.Json;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * Reads settings from {@code broker.json} and the environment into a builder. Unknown names in the file are refused.
 */
final class SettingsReader {
    static final String FILE = "broker.json";

    /** Names too common to be taken from the environment (HOST is many a shell's own) are flags and file only. */
    private static final Set<String> FROM_ENVIRONMENT =
            Set.of("JOB_TIMEOUT", "RESULT_TTL", "NODE_TIMEOUT", "MAX_RETRIES", "MIN_FREE_DISK_MB", "VERIFY_WAIT");

    private static final Set<String> NAMES = new TreeSet<>(Set.of(
            "host",
            "port",
            "job_timeout",
            "result_ttl",
            "node_timeout",
            "max_retries",
            "min_free_disk_mb",
            "allow_anonymous",
            "quota_concurrent_jobs",
            "quota_jobs_per_hour",
            "quota_cpu_seconds_per_minute",
            "quota_stored_mb",
            "allow_unsigned_nodes",
            "tls",
            "tls_cert",
            "tls_key",
            "verify_same_address",
            "verify_wait",
            "cors_origins",
            "workers"));

    private final BrokerConfig.Builder builder;

    SettingsReader(BrokerConfig.Builder builder) {
        this.builder = builder;
    }

    /** An absent file is an empty one. Names may be in capitals, as the older documents write them. */
    void readFile(Path file) {
        if (!Files.exists(file)) {
            return;
        }
        JsonNode settings = parse(file);
        settings.properties().forEach(entry -> {
            String name = entry.getKey().toLowerCase(Locale.ROOT);
            if (!NAMES.contains(name)) {
                throw new SettingException(
                        entry.getKey(),
                        file + " has the unknown setting " + entry.getKey() + "; there are: " + String.join(", ", NAMES)
                                + ".");
            }
            apply(name, entry.getValue());
        });
    }

    void readEnvironment(Map<String, String> environment) {
        for (String name : FROM_ENVIRONMENT) {
            String value = environment.get(name);
            if (value != null) {
                apply(
                        name.toLowerCase(Locale.ROOT),
                        Json.MAPPER.getNodeFactory().textNode(value));
            }
        }
    }

    private static JsonNode parse(Path file) {
        try {
            JsonNode settings = Json.MAPPER.readTree(Files.readAllBytes(file));
            if (!settings.isObject()) {
                throw new SettingException(FILE, file + " must hold one JSON object with settings.");
            }
            return settings;
        } catch (IOException broken) {
            throw new SettingException(FILE, file + " cannot be read as JSON: " + broken.getMessage());
        }
    }

    private void apply(String name, JsonNode value) {
        switch (name) {
            case "host" -> builder.host(text(name, value));
            case "port" -> builder.port(wholeNumber(name, value));
            case "job_timeout" -> builder.jobTimeout(seconds(name, value));
            case "result_ttl" -> builder.resultTtl(seconds(name, value));
            case "node_timeout" -> builder.nodeTimeout(seconds(name, value));
            case "max_retries" -> builder.maxRetries(wholeNumber(name, value));
            case "min_free_disk_mb" -> builder.minFreeDiskMb(wholeNumber(name, value));
            case "quota_concurrent_jobs" -> builder.quota(builder.quota().withConcurrentJobs(wholeNumber(name, value)));
            case "quota_jobs_per_hour" -> builder.quota(builder.quota().withJobsPerHour(wholeNumber(name, value)));
            case "quota_cpu_seconds_per_minute" ->
                builder.quota(builder.quota().withCpuSecondsPerMinute(wholeNumber(name, value)));
            case "quota_stored_mb" -> builder.quota(builder.quota().withStoredMb(wholeNumber(name, value)));
            case "allow_anonymous" -> builder.allowAnonymous(flag(name, value));
            case "allow_unsigned_nodes" -> builder.allowUnsignedNodes(flag(name, value));
            // Files as the one that names them, and not wherever the broker was started.
            case "workers" -> builder.workers(builder.inData(text(name, value)));
            case "tls" -> builder.tls(flag(name, value));
            case "tls_cert" -> builder.tlsCertificate(builder.inData(text(name, value)));
            case "tls_key" -> builder.tlsKey(builder.inData(text(name, value)));
            case "verify_same_address" -> builder.verifySameAddress(flag(name, value));
            case "verify_wait" -> builder.verifyWait(seconds(name, value));
            case "cors_origins" -> builder.corsOrigins(texts(name, value));
            default -> throw new IllegalStateException(name);
        }
    }

    private static Duration seconds(String name, JsonNode value) {
        try {
            return Duration.ofMillis(
                    new BigDecimal(value.asText()).movePointRight(3).longValue());
        } catch (NumberFormatException wrong) {
            throw bad(name, "a number of seconds", value);
        }
    }

    private static int wholeNumber(String name, JsonNode value) {
        try {
            return Integer.parseInt(value.asText());
        } catch (NumberFormatException wrong) {
            throw bad(name, "a whole number", value);
        }
    }

    private static boolean flag(String name, JsonNode value) {
        if (!value.isBoolean()) {
            throw bad(name, "true or false", value);
        }
        return value.booleanValue();
    }

    private static String text(String name, JsonNode value) {
        if (!value.isTextual()) {
            throw bad(name, "a text", value);
        }
        return value.textValue();
    }

    private static List<String> texts(String name, JsonNode value) {
        if (!value.isArray()) {
            throw bad(name, "a list of texts", value);
        }
        List<String> texts = new ArrayList<>();
        value.forEach(element -> texts.add(text(name, element)));
        return texts;
    }

    private static SettingException bad(String name, String expected, JsonNode found) {
        return new SettingException(name, "The setting " + name + " must be " + expected + ", and not " + found + ".");
    }
}
