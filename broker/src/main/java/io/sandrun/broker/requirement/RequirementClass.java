package io.sandrun.broker.requirement;

import io.sandrun.broker.node.Node;
import io.sandrun.protocol.Capabilities;
import io.sandrun.protocol.JobSpec;
import io.sandrun.protocol.Json;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * What a job needs of a node. Jobs with equal needs are one class, so that matching is done per class and not per job
 * (HTCondor calls this an autocluster).
 */
public record RequirementClass(
        String interpreter,
        int memoryMb,
        int cores,
        int gpus,
        SortedMap<String, String> labels,
        @Nullable String node) {
    /** One need, in words that follow "has", and the test for it. */
    public record Requirement(String words, Predicate<Node> isMetBy) {}

    public static RequirementClass of(JobSpec spec) {
        return new RequirementClass(
                spec.interpreter(),
                spec.limits().memoryMb(),
                spec.needs().cores(),
                spec.needs().gpus(),
                new TreeMap<>(spec.needs().labels()),
                spec.needs().node());
    }

    public static RequirementClass parse(String canonical) {
        return Json.read(canonical, RequirementClass.class);
    }

    /** Equal needs have equal text: the order of fields is the record's, that of labels the alphabet's. */
    public String canonical() {
        return Json.write(this);
    }

    public boolean isMetBy(Node candidate) {
        Capabilities offered = candidate.capabilities();
        return offered.interpreters().contains(interpreter)
                && offered.memoryMb() >= memoryMb
                && offered.cpuCores() >= cores
                && offered.gpus().size() >= gpus
                && offered.labels().entrySet().containsAll(labels.entrySet())
                && (node == null || node.equals(candidate.id()) || node.equals(candidate.workerId()));
    }

    /** The same needs one by one, those without which every node would do left out. */
    public List<Requirement> requirements() {
        List<Requirement> needs = new ArrayList<>();
        if (node != null) {
            needs.add(new Requirement(
                    "the id " + node, candidate -> node.equals(candidate.id()) || node.equals(candidate.workerId())));
        }
        needs.add(new Requirement(
                "the interpreter " + interpreter,
                candidate -> candidate.capabilities().interpreters().contains(interpreter)));
        needs.add(new Requirement(
                memoryMb + " MiB of memory",
                candidate -> candidate.capabilities().memoryMb() >= memoryMb));
        if (cores > 0) {
            needs.add(new Requirement(
                    cores == 1 ? "1 core" : cores + " cores",
                    candidate -> candidate.capabilities().cpuCores() >= cores));
        }
        if (gpus > 0) {
            needs.add(new Requirement(
                    gpus == 1 ? "a GPU" : gpus + " GPUs",
                    candidate -> candidate.capabilities().gpus().size() >= gpus));
        }
        for (Map.Entry<String, String> label : labels.entrySet()) {
            needs.add(new Requirement(
                    "the label " + label.getKey() + "=" + label.getValue(),
                    candidate -> label.getValue()
                            .equals(candidate.capabilities().labels().get(label.getKey()))));
        }
        return needs;
    }
}
