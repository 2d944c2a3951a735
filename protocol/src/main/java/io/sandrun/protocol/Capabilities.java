package io.sandrun.protocol;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * What a node offers, as it probed itself.
 *
 * @param interpreters names, see {@link Interpreters}
 * @param interpreterVersions name to version, {@code 3.11.7}
 * @param environments those that are prepared there, each name once
 * @param cpuCores cores that the operating system gives to the agent
 * @param memoryMb memory of the machine, MiB
 * @param gpus its GPUs
 * @param slots jobs that it runs at once
 * @param labels what its owner says of it
 * @param isolation layers of the sandbox that were seen to be active
 * @param features what this agent can do that older ones cannot, see {@link #FILES}
 * @param platform kernel and architecture, for people
 * @param ownerTerms on which it works; null is none, from an older node
 */
public record Capabilities(
        List<String> interpreters,
        Map<String, String> interpreterVersions,
        List<Environment> environments,
        int cpuCores,
        long memoryMb,
        List<Gpu> gpus,
        int slots,
        Map<String, String> labels,
        List<String> isolation,
        List<String> features,
        String platform,
        OwnerTerms ownerTerms) {
    /** The feature of nodes that take in a job's files and keep its outputs. */
    public static final String FILES = "files";

    /**
     * @param name as the driver calls it
     * @param memoryMb its own memory, MiB
     */
    public record Gpu(String name, long memoryMb) {}

    /**
     * A tool chain with packages that was seen to work there.
     *
     * @param name what a job asks for
     * @param interpreter one of {@link Interpreters#NAMES}; empty from an older node, which tells the name only
     * @param interpreterVersion {@code 3.11.2}
     * @param packages name to version, in the order of the definition; an empty version is one that is not told
     * @param digest names its content: two that have the same run the same; empty from an older node
     * @param preload modules that a job most likely imports
     * @param diskBytes what lies on the node's disk for this environment alone; 0 where it uses the system's packages
     */
    public record Environment(
            String name,
            String interpreter,
            String interpreterVersion,
            Map<String, String> packages,
            String digest,
            List<String> preload,
            long diskBytes) {
        public Environment {
            packages = Collections.unmodifiableMap(new LinkedHashMap<>(packages));
            preload = List.copyOf(preload);
        }

        /** What an older node tells. */
        public static Environment named(String name) {
            return new Environment(name, "", "", Map.of(), "", List.of(), 0);
        }
    }

    public Capabilities {
        interpreters = List.copyOf(interpreters);
        interpreterVersions = Map.copyOf(interpreterVersions);
        environments = List.copyOf(environments);
        gpus = List.copyOf(gpus);
        labels = Map.copyOf(labels);
        isolation = List.copyOf(isolation);
        features = List.copyOf(features);
        ownerTerms = Objects.requireNonNullElse(ownerTerms, OwnerTerms.NONE);
    }

    /** Of a node that has these and nothing besides. */
    public static Capabilities of(List<String> interpreters, int cpuCores, long memoryMb, int slots) {
        return new Capabilities(
                interpreters,
                Map.of(),
                List.of(),
                cpuCores,
                memoryMb,
                List.of(),
                slots,
                Map.of(),
                List.of(),
                List.of(),
                "",
                OwnerTerms.NONE);
    }

    /** The environment of that name, if it is prepared there. */
    public Optional<Environment> environment(String name) {
        for (Environment environment : environments) {
            if (environment.name().equals(name)) {
                return Optional.of(environment);
            }
        }
        return Optional.empty();
    }
}
