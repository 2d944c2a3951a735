package io.sandrun.broker.requirement;

import io.sandrun.broker.node.Node;
import io.sandrun.protocol.Capabilities;
import io.sandrun.protocol.Capabilities.Environment;
import io.sandrun.protocol.JobSpec;
import io.sandrun.protocol.Json;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * What jobs with equal needs ask of a node, taken apart into single requirements: a node that meets all of them can run
 * them all. Matching is done per class and not per job (HTCondor calls this an autocluster). Immutable.
 */
public final class RequirementClass {
    private final List<Requirement> requirements;
    private final Map<String, String> labels;
    private final String interpreter;
    private final int heldMb;
    private final @Nullable String node;
    private final @Nullable String environment;

    private RequirementClass(List<Requirement> requirements, Needs needs) {
        this.requirements = List.copyOf(requirements);
        this.labels = Collections.unmodifiableMap(needs.labels());
        this.interpreter = needs.interpreter();
        this.heldMb = heldMb(needs);
        this.node = needs.node();
        this.environment = needs.environment();
    }

    /**
     * One need.
     *
     * @param words what it is, to follow "has"
     * @param isMetBy the test for it
     * @param offered what a node has instead, for a person to choose from; may be nothing
     */
    public record Requirement(String words, Predicate<Node> isMetBy, Function<Capabilities, List<String>> offered) {
        static Requirement of(String words, Predicate<Capabilities> isMetBy) {
            return of(words, isMetBy, capabilities -> List.of());
        }

        static Requirement of(
                String words, Predicate<Capabilities> isMetBy, Function<Capabilities, List<String>> offered) {
            return new Requirement(words, node -> isMetBy.test(node.capabilities()), offered);
        }
    }

    /** The text that stands for the needs of a job: jobs with the same are of one class. */
    public static String canonical(JobSpec spec) {
        return Needs.of(spec).canonical();
    }

    public static RequirementClass parse(String canonical) {
        return of(Json.read(canonical, Needs.class));
    }

    public boolean isMetBy(Node candidate) {
        for (Requirement requirement : requirements) {
            if (!requirement.isMetBy().test(candidate)) {
                return false;
            }
        }
        return true;
    }

    /** The needs one by one, those without which every node would do left out. */
    public List<Requirement> requirements() {
        return requirements;
    }

    /** The labels that a node must carry with exactly these values, in the alphabet's order. */
    public Map<String, String> labels() {
        return labels;
    }

    public String interpreter() {
        return interpreter;
    }

    /** What such a job may have of a machine's memory, MiB: its files are there, too. */
    public int heldMb() {
        return heldMb;
    }

    private static int heldMb(Needs needs) {
        return needs.memoryMb() + needs.diskMb();
    }

    /** The id or the public key of the only node that will do; null if any may that meets the requirements. */
    public @Nullable String node() {
        return node;
    }

    /** The environment that a node must have prepared; null for none. */
    public @Nullable String environment() {
        return environment;
    }

    private static RequirementClass of(Needs needs) {
        List<Requirement> all = new ArrayList<>();
        addNode(needs, all);
        addSoftware(needs, all);
        addMachine(needs, all);
        addLabels(needs, all);
        for (String layer : needs.isolation()) {
            all.add(Requirement.of(
                    "the isolation layer " + layer,
                    offered -> offered.isolation().contains(layer),
                    Capabilities::isolation));
        }
        for (String feature : needs.features()) {
            all.add(Requirement.of(
                    "the feature " + feature, offered -> offered.features().contains(feature), Capabilities::features));
        }
        return new RequirementClass(all, needs);
    }

    private static void addNode(Needs needs, List<Requirement> all) {
        String node = needs.node();
        if (node != null) {
            all.add(new Requirement(
                    "the id " + node,
                    candidate -> node.equals(candidate.id()) || node.equals(candidate.workerId()),
                    offered -> List.of()));
        }
    }

    private static void addSoftware(Needs needs, List<Requirement> all) {
        String environment = needs.environment();
        if (environment == null) {
            addInterpreter(needs, all);
        } else {
            addEnvironment(needs, environment, all);
        }
    }

    private static void addInterpreter(Needs needs, List<Requirement> all) {
        String interpreter = needs.interpreter();
        all.add(Requirement.of(
                "the interpreter " + interpreter,
                offered -> offered.interpreters().contains(interpreter),
                Capabilities::interpreters));
        if (needs.interpreterVersion() != null) {
            VersionRange range = VersionRange.parse(needs.interpreterVersion());
            all.add(Requirement.of(
                    interpreter + " " + range,
                    offered -> range.contains(offered.interpreterVersions().get(interpreter)),
                    offered -> known(offered.interpreterVersions().get(interpreter))));
        }
    }

    /** An environment brings its own interpreter: what the node has beside it does not matter. */
    private static void addEnvironment(Needs needs, String name, List<Requirement> all) {
        String interpreter = needs.interpreter();
        String words = "the environment " + name;
        all.add(Requirement.of(
                words,
                offered -> offered.environment(name).isPresent(),
                offered ->
                        offered.environments().stream().map(Environment::name).toList()));
        all.add(Requirement.of(
                words + " for " + interpreter,
                offered -> interpretersOf(name, offered).contains(interpreter),
                offered -> interpretersOf(name, offered).stream()
                        .map(other -> name + " for " + other)
                        .toList()));
        if (needs.interpreterVersion() != null) {
            VersionRange range = VersionRange.parse(needs.interpreterVersion());
            all.add(Requirement.of(
                    words + " with " + interpreter + " " + range,
                    offered -> range.contains(versionOf(name, interpreter, offered)),
                    offered -> known(versionOf(name, interpreter, offered))));
        }
    }

    /** An older node does not tell for which of its interpreters an environment is. */
    private static List<String> interpretersOf(String name, Capabilities offered) {
        return offered.environment(name)
                .map(environment -> environment.interpreter().isEmpty()
                        ? offered.interpreters()
                        : List.of(environment.interpreter()))
                .orElse(List.of());
    }

    private static @Nullable String versionOf(String name, String interpreter, Capabilities offered) {
        return offered.environment(name)
                .map(environment -> environment.interpreter().isEmpty()
                        ? offered.interpreterVersions().get(interpreter)
                        : environment.interpreterVersion())
                .orElse(null);
    }

    private static List<String> known(@Nullable String version) {
        return version == null ? List.of() : List.of(version);
    }

    private static Optional<Long> ownersMb(Capabilities offered) {
        return Optional.ofNullable(offered.ownerTerms().memoryMb());
    }

    private static void addMachine(Needs needs, List<Requirement> all) {
        all.add(Requirement.of(
                needs.memoryMb() + " MiB of memory",
                offered -> offered.memoryMb() >= needs.memoryMb()
                        && ownersMb(offered).orElse(Long.MAX_VALUE) >= heldMb(needs),
                offered -> ownersMb(offered)
                        .map(most ->
                                List.of(most + " MiB for a job with its files, and this one may take " + heldMb(needs)))
                        .orElse(List.of())));
        if (needs.cores() > 0) {
            all.add(Requirement.of(
                    needs.cores() == 1 ? "1 core" : needs.cores() + " cores",
                    offered -> offered.cpuCores() >= needs.cores()));
        }
        int gpus = needs.gpu().count();
        long vramMb = needs.gpu().vramMb();
        if (gpus > 0) {
            all.add(Requirement.of(
                    (gpus == 1 ? "a GPU" : gpus + " GPUs") + (vramMb > 0 ? " with " + vramMb + " MiB" : ""),
                    offered -> offered.gpus().stream()
                                    .filter(gpu -> gpu.memoryMb() >= vramMb)
                                    .count()
                            >= gpus));
        }
    }

    private static void addLabels(Needs needs, List<Requirement> all) {
        needs.labels()
                .forEach((name, value) -> all.add(Requirement.of(
                        "the label " + name + "=" + value,
                        offered -> value.equals(offered.labels().get(name)))));
        if (needs.requires() != null) {
            LabelExpression.parse(needs.requires())
                    .clauses()
                    .forEach(clause -> all.add(
                            Requirement.of("labels with " + clause, offered -> clause.isMetBy(offered.labels()))));
        }
    }
}
