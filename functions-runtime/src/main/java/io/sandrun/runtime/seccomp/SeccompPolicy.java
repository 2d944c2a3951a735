package io.sandrun.runtime.seccomp;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;

/**
 * The seccomp filter of every job. The rules and their reasons are in {@code policy.txt}; this class only brings them
 * together with an architecture's numbers. Stateless; compile once and keep the bytes.
 */
public final class SeccompPolicy {
    private static final List<Rule> NOT_ALLOWED =
            List.of(new Rule(Verdict.EPERM, List.of(), "known, and not on the list"));

    /** The one call that a zygote has and a job has not. */
    private static final String ENTER = "setns";

    private static final List<Rule> ENTERING =
            List.of(new Rule(Verdict.ALLOW, List.of(), "a zygote's way into the sandboxes of its jobs"));

    private SeccompPolicy() {}

    /**
     * The filter as an array of {@code struct sock_filter}, 8 little-endian bytes each, ready for {@code seccomp(2)}.
     *
     * @param layers of isolation that are active, such as {@code cgroup:memory}; what is safe only with another stays
     *     refused
     * @throws IllegalArgumentException if the policy names a call that no architecture has, or is malformed
     */
    public static byte[] compile(Architecture architecture, Set<String> layers) {
        return Instruction.toBytes(FilterCompiler.compile(architecture, rulesByNumber(architecture, layers)));
    }

    /** The filter of a zygote: a job's, and the call by which a process enters namespaces that it was handed. */
    public static byte[] compileForZygote(Architecture architecture, Set<String> layers) {
        Map<Integer, List<Rule>> rules = rulesByNumber(architecture, layers);
        rules.put(numbersByCall(architecture).get(ENTER), ENTERING);
        return Instruction.toBytes(FilterCompiler.compile(architecture, rules));
    }

    /**
     * What makes a zygote's filter a job's: of all filters of a process the strictest answer counts, so this one need
     * only refuse what a zygote may and a job may not.
     */
    public static byte[] compileForForked(Architecture architecture) {
        return Instruction.toBytes(FilterCompiler.refuse(
                Objects.requireNonNull(numbersByCall(architecture).get(ENTER))));
    }

    /** Every number of the architecture's table with its rules; a call that the policy does not name is refused. */
    static Map<Integer, List<Rule>> rulesByNumber(Architecture architecture, Set<String> layers) {
        Map<String, List<Rule>> rulesByCall = rulesByCall(layers);
        Map<Integer, List<Rule>> rulesByNumber = new LinkedHashMap<>();
        numbersByCall(architecture)
                .forEach((call, number) -> rulesByNumber.put(number, rulesByCall.getOrDefault(call, NOT_ALLOWED)));
        return rulesByNumber;
    }

    static Map<String, List<Rule>> rulesByCall(Set<String> layers) {
        Map<String, List<Rule>> rulesByCall = PolicyText.parse(lines("policy.txt"), layers);
        requireKnown(rulesByCall.keySet());
        return rulesByCall;
    }

    static Map<String, Integer> numbersByCall(Architecture architecture) {
        Map<String, Integer> numbers = new LinkedHashMap<>();
        for (String line : lines("syscalls-" + architecture.kernelName() + ".txt")) {
            if (!line.startsWith("#")) {
                int blank = line.indexOf(' ');
                numbers.put(line.substring(0, blank), Integer.valueOf(line.substring(blank + 1)));
            }
        }
        return numbers;
    }

    /** A name that one architecture lacks is skipped there; a name that all lack is a spelling mistake. */
    private static void requireKnown(Set<String> calls) {
        Set<String> unknown = new TreeSet<>(calls);
        for (Architecture architecture : Architecture.values()) {
            unknown.removeAll(numbersByCall(architecture).keySet());
        }
        if (!unknown.isEmpty()) {
            throw new IllegalArgumentException("the policy names what is no system call: " + unknown);
        }
    }

    private static List<String> lines(String resource) {
        try (InputStream in = SeccompPolicy.class.getResourceAsStream(resource)) {
            if (in == null) {
                throw new IllegalStateException("the jar lacks " + resource);
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8).lines().toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
