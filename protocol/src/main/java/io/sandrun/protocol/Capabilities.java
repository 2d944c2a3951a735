package io.sandrun.protocol;

import java.util.List;
import java.util.Map;

/**
 * What a node offers, as it probed itself.
 *
 * @param interpreters names, see {@link Interpreters}
 * @param interpreterVersions name to version, {@code 3.11.7}
 * @param environments names of the environments that are prepared there
 * @param cpuCores cores that the operating system gives to the agent
 * @param memoryMb memory of the machine, MiB
 * @param gpus its GPUs
 * @param slots jobs that it runs at once
 * @param labels what its owner says of it
 * @param isolation layers of the sandbox that were seen to be active
 * @param features what this agent can do that older ones cannot, see {@link #FILES}
 * @param platform kernel and architecture, for people
 */
public record Capabilities(
        List<String> interpreters,
        Map<String, String> interpreterVersions,
        List<String> environments,
        int cpuCores,
        long memoryMb,
        List<Gpu> gpus,
        int slots,
        Map<String, String> labels,
        List<String> isolation,
        List<String> features,
        String platform) {
    /** The feature of nodes that take in a job's files and keep its outputs. */
    public static final String FILES = "files";

    /**
     * @param name as the driver calls it
     * @param memoryMb its own memory, MiB
     */
    public record Gpu(String name, long memoryMb) {}

    public Capabilities {
        interpreters = List.copyOf(interpreters);
        interpreterVersions = Map.copyOf(interpreterVersions);
        environments = List.copyOf(environments);
        gpus = List.copyOf(gpus);
        labels = Map.copyOf(labels);
        isolation = List.copyOf(isolation);
        features = List.copyOf(features);
    }
}
