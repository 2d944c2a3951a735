package io.sandrun.broker.requirement;

import io.sandrun.protocol.Capabilities;
import io.sandrun.protocol.JobFiles;
import io.sandrun.protocol.JobNeeds.GpuNeed;
import io.sandrun.protocol.JobSpec;
import io.sandrun.protocol.Json;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Everything that a job asks of its node, in one form: equal needs have equal text.
 *
 * @param interpreterVersion a {@link VersionRange}, or null for any
 * @param requires a {@link LabelExpression}, or null for none
 * @param isolation layers of the sandbox that must be active, sorted
 * @param features what the agent must be able to do, sorted
 * @param node the id or the public key of the only node that will do, or null
 */
record Needs(
        String interpreter,
        @Nullable String interpreterVersion,
        @Nullable String environment,
        int memoryMb,
        int diskMb,
        int cores,
        GpuNeed gpu,
        SortedMap<String, String> labels,
        @Nullable String requires,
        List<String> isolation,
        List<String> features,
        @Nullable String node) {

    static Needs of(JobSpec spec) {
        return new Needs(
                spec.interpreter(),
                spec.needs().interpreterVersion(),
                spec.needs().environment(),
                spec.limits().memoryMb(),
                spec.limits().diskMb(),
                spec.needs().cores(),
                spec.needs().gpu(),
                new TreeMap<>(spec.needs().labels()),
                spec.needs().requires(),
                spec.needs().isolation().stream().distinct().sorted().toList(),
                features(spec.files()),
                spec.needs().node());
    }

    private static List<String> features(JobFiles files) {
        List<String> features = new ArrayList<>();
        if (files.isProject() || !files.outputs().isEmpty()) {
            features.add(Capabilities.FILES);
        }
        if (files.requirements() != null) {
            features.add(files.requirements().installer().feature());
        }
        return features;
    }

    /** The order of fields is the record's, that of labels and layers the alphabet's. */
    String canonical() {
        return Json.write(this);
    }
}
