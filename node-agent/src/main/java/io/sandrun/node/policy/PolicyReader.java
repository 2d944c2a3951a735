package io.sandrun.node.policy;

import io.sandrun.node.json.StrictJson;
import io.sandrun.node.json.StrictJson.MisfitException;
import io.sandrun.node.policy.OpenHours.Span;
import io.sandrun.node.policy.OwnerPolicy.WhenClosed;
import io.sandrun.protocol.EnvironmentName;
import io.sandrun.protocol.Interpreters;
import io.sandrun.protocol.Limits;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads the JSON of a policy, strictly: a rule that nobody heeds would be worse than none. */
final class PolicyReader {
    private static final int SPANS_MAX = 50;

    /** More cores than any machine has. */
    private static final double LOAD_MAX = 10_000;

    /** A petabyte: whoever means more has slipped. */
    private static final long DISK_MB_MAX = 1L << 30;

    private static final long GRACE_SECONDS_MAX = 86_400;
    private static final Pattern KEY_ID = Pattern.compile("key-[0-9a-f]{12}");

    private static final String HOURS = "a list of 1 to " + SPANS_MAX + " texts, each " + HoursReader.RULE;
    private static final String ZONE = "the name of a time zone, such as \"Europe/Berlin\"";
    private static final String LOAD = "a number of cores from 0 to " + (int) LOAD_MAX;
    private static final String FLAG = "true or false";
    private static final String MEMORY =
            "whole MiB from " + Limits.MEMORY_MB_MIN + " to " + Limits.MACHINE_MEMORY_MB_MAX;
    private static final String DISK = "whole MiB from 0 to " + DISK_MB_MAX;
    private static final String KEYS = "a list of 1 to " + Limits.OWNER_KEYS
            + " ids of API keys, such as \"key-0123456789ab\" (see `sandrun key list`), never the keys themselves";
    private static final String ENVIRONMENTS = "a list of at most " + Limits.ENVIRONMENTS + " names of environments";
    private static final String INTERPRETERS = "a list of some of " + String.join(", ", Interpreters.NAMES);
    private static final String WHEN_CLOSED = "\"finish\" or \"give_back\"";
    private static final String GRACE = "seconds from 0 to " + GRACE_SECONDS_MAX;

    private static final StrictJson<Text> JSON = new StrictJson<>(
            Text.class,
            Map.ofEntries(
                    Map.entry("hours", HOURS),
                    Map.entry("time_zone", ZONE),
                    Map.entry("max_load", LOAD),
                    Map.entry("on_battery", FLAG),
                    Map.entry("memory_mb", MEMORY),
                    Map.entry("keep_free_disk_mb", DISK),
                    Map.entry("keys", KEYS),
                    Map.entry("environments", ENVIRONMENTS),
                    Map.entry("interpreters", INTERPRETERS),
                    Map.entry("when_closed", WHEN_CLOSED),
                    Map.entry("grace_seconds", GRACE)));

    private PolicyReader() {}

    /** The file as it is written. */
    private record Text(
            @Nullable List<@Nullable String> hours,
            @Nullable String timeZone,
            @Nullable Double maxLoad,
            @Nullable Boolean onBattery,
            @Nullable Long memoryMb,
            @Nullable Long keepFreeDiskMb,
            @Nullable List<@Nullable String> keys,
            @Nullable List<@Nullable String> environments,
            @Nullable List<@Nullable String> interpreters,
            @Nullable String whenClosed,
            @Nullable Double graceSeconds) {}

    /** @throws MisfitException for the first field that does not fit */
    static OwnerPolicy read(byte[] json) throws MisfitException {
        Text text = JSON.read(json);
        check(text.maxLoad == null || isBetween(text.maxLoad, 0, LOAD_MAX), "max_load", LOAD);
        check(
                text.memoryMb == null || isBetween(text.memoryMb, Limits.MEMORY_MB_MIN, Limits.MACHINE_MEMORY_MB_MAX),
                "memory_mb",
                MEMORY);
        check(text.keepFreeDiskMb == null || isBetween(text.keepFreeDiskMb, 0, DISK_MB_MAX), "keep_free_disk_mb", DISK);
        return new OwnerPolicy(
                hours(text),
                text.maxLoad,
                text.onBattery != null && text.onBattery,
                text.memoryMb,
                text.keepFreeDiskMb == null ? 0 : text.keepFreeDiskMb,
                keys(text.keys),
                names(text.environments, "environments", Limits.ENVIRONMENTS, EnvironmentName::isValid, ENVIRONMENTS),
                interpreters(text.interpreters),
                whenClosed(text.whenClosed),
                grace(text));
    }

    private static OpenHours hours(Text text) throws MisfitException {
        ZoneId zone = zone(text.timeZone);
        if (text.hours == null) {
            return new OpenHours(List.of(), zone);
        }
        check(!text.hours.isEmpty() && text.hours.size() <= SPANS_MAX, "hours", HOURS);
        List<Span> spans = new ArrayList<>();
        for (String written : text.hours) {
            Optional<Span> span = written == null ? Optional.empty() : HoursReader.read(written);
            check(span.isPresent(), "hours[" + spans.size() + "]", HoursReader.RULE);
            spans.add(span.get());
        }
        return new OpenHours(spans, zone);
    }

    private static ZoneId zone(@Nullable String name) throws MisfitException {
        try {
            return name == null ? ZoneId.systemDefault() : ZoneId.of(name);
        } catch (DateTimeException unknown) {
            throw MisfitException.ofField("time_zone", ZONE);
        }
    }

    private static @Nullable List<String> keys(@Nullable List<@Nullable String> written) throws MisfitException {
        Set<String> ids = names(
                written, "keys", Limits.OWNER_KEYS, id -> KEY_ID.matcher(id).matches(), KEYS);
        check(ids == null || !ids.isEmpty(), "keys", KEYS);
        return ids == null ? null : ids.stream().sorted().toList();
    }

    private static @Nullable Set<String> interpreters(@Nullable List<@Nullable String> written) throws MisfitException {
        Set<String> names = names(
                written,
                "interpreters",
                Interpreters.NAMES.size(),
                name -> Interpreters.canonical(name).isPresent(),
                INTERPRETERS);
        if (names == null) {
            return null;
        }
        Set<String> canonical = new HashSet<>();
        names.forEach(name -> Interpreters.canonical(name).ifPresent(canonical::add));
        return canonical;
    }

    private static @Nullable Set<String> names(
            @Nullable List<@Nullable String> written, String field, int most, Predicate<String> isGood, String rule)
            throws MisfitException {
        if (written == null) {
            return null;
        }
        check(written.size() <= most, field, rule);
        Set<String> names = new HashSet<>();
        for (String name : written) {
            check(name != null && isGood.test(name), field, rule);
            names.add(name);
        }
        return names;
    }

    private static WhenClosed whenClosed(@Nullable String written) throws MisfitException {
        if (written == null || written.equals("finish")) {
            return WhenClosed.FINISH;
        }
        check(written.equals("give_back"), "when_closed", WHEN_CLOSED);
        return WhenClosed.GIVE_BACK;
    }

    private static Duration grace(Text text) throws MisfitException {
        Double seconds = text.graceSeconds;
        if (seconds == null) {
            return Duration.ZERO;
        }
        check(isBetween(seconds, 0, GRACE_SECONDS_MAX), "grace_seconds", GRACE);
        check("give_back".equals(text.whenClosed), "grace_seconds", "left out unless when_closed is \"give_back\"");
        return Duration.ofMillis(Math.round(seconds * 1e3));
    }

    private static boolean isBetween(double number, double least, double most) {
        return number >= least && number <= most;
    }

    private static void check(boolean holds, String field, String expected) throws MisfitException {
        if (!holds) {
            throw MisfitException.ofField(field, expected);
        }
    }
}
