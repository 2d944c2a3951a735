package io.sandrun.broker.environment;

import io.sandrun.broker.node.Node;
import io.sandrun.broker.node.NodeRegistry;
import io.sandrun.protocol.Capabilities.Environment;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** What {@code GET /environments} answers, in the words of both older clients and in ours. Thread-safe. */
public final class EnvironmentCatalog {
    private static final double BYTES_PER_MB = 1024.0 * 1024.0;
    private static final String PYTHON = "python3";

    private final NodeRegistry registry;
    private final EnvironmentUses uses;

    public EnvironmentCatalog(NodeRegistry registry, EnvironmentUses uses) {
        this.registry = registry;
        this.uses = uses;
    }

    /** @param templates the names alone */
    public record Page(List<Entry> environments, List<String> templates, Stats stats) {}

    /**
     * One name, which may stand for other content on other nodes.
     *
     * @param packages names of what every node has that offers it
     * @param pythonVersion of the most common variant, or null if that is not for Python or does not tell
     * @param nodes live nodes that offer it
     * @param variants the most common first
     */
    public record Entry(
            String name,
            List<String> packages,
            @Nullable String pythonVersion,
            String interpreter,
            int nodes,
            List<Variant> variants) {}

    /**
     * What is the same down to the last version.
     *
     * @param digest empty from older nodes
     * @param packages name to version
     */
    public record Variant(
            String digest, String interpreter, String interpreterVersion, Map<String, String> packages, int nodes) {
        Variant on(int count) {
            return new Variant(digest, interpreter, interpreterVersion, packages, count);
        }
    }

    /**
     * @param totalTemplates names
     * @param cachedEnvironments prepared ones, counted on each node
     * @param totalUses jobs that nodes ended in one, since the broker started
     * @param diskUsageMb what the nodes' disks hold for them alone; the system's own packages cost nothing
     */
    public record Stats(int totalTemplates, int cachedEnvironments, long totalUses, double diskUsageMb) {}

    /** As of now. */
    public Page page() {
        Map<String, List<Environment>> byName = new TreeMap<>();
        int prepared = 0;
        long diskBytes = 0;
        for (Node node : registry.live()) {
            Map<String, Long> layers = new HashMap<>();
            for (Environment environment : node.capabilities().environments()) {
                byName.computeIfAbsent(environment.name(), name -> new ArrayList<>())
                        .add(environment);
                layers.put(environment.digest(), environment.diskBytes());
                prepared++;
            }
            diskBytes += layers.values().stream().mapToLong(Long::longValue).sum();
        }
        List<Entry> entries = byName.entrySet().stream()
                .map(offers -> entry(offers.getKey(), offers.getValue()))
                .toList();
        double diskMb = Math.round(diskBytes / BYTES_PER_MB * 10) / 10.0;
        return new Page(
                entries, List.copyOf(byName.keySet()), new Stats(entries.size(), prepared, uses.total(), diskMb));
    }

    private static Entry entry(String name, List<Environment> offers) {
        List<Variant> variants = variants(offers);
        Variant common = variants.get(0);
        boolean isPython = common.interpreter.equals(PYTHON) && !common.interpreterVersion.isEmpty();
        return new Entry(
                name,
                packagesOfAll(variants),
                isPython ? common.interpreterVersion : null,
                common.interpreter,
                offers.size(),
                variants);
    }

    private static List<Variant> variants(List<Environment> offers) {
        Map<Variant, Integer> counts = new LinkedHashMap<>();
        for (Environment offer : offers) {
            Variant variant =
                    new Variant(offer.digest(), offer.interpreter(), offer.interpreterVersion(), offer.packages(), 0);
            counts.merge(variant, 1, Integer::sum);
        }
        return counts.entrySet().stream()
                .map(counted -> counted.getKey().on(counted.getValue()))
                .sorted(Comparator.comparingInt(Variant::nodes).reversed().thenComparing(Variant::digest))
                .toList();
    }

    /** In the order of the most common variant. */
    private static List<String> packagesOfAll(List<Variant> variants) {
        Set<String> packages = new LinkedHashSet<>(variants.get(0).packages.keySet());
        variants.forEach(variant -> packages.retainAll(variant.packages.keySet()));
        return List.copyOf(packages);
    }
}
