package io.sandrun.broker.job;

import io.sandrun.broker.job.JobLifecycle.Original;
import java.util.HashMap;
import java.util.Map;

/**
 * What every copy of a job finds in its environment, whatever the node would have set: so that what differs between
 * machines, and has nothing to do with what is computed, does not make honest nodes disagree. What the job sets itself
 * stays. The rest is up to the program: random seeds, the time, what one processor computes otherwise than another.
 */
public final class SameEnvironment {
    private static final Map<String, String> ALIKE = Map.ofEntries(
            Map.entry("LANG", "C.UTF-8"),
            Map.entry("LC_ALL", "C.UTF-8"),
            Map.entry("TZ", "UTC"),
            // Python's sets and dictionaries of texts keep the same order.
            Map.entry("PYTHONHASHSEED", "0"),
            // Sums of floating-point numbers depend on how many threads share them.
            Map.entry("OMP_NUM_THREADS", "1"),
            Map.entry("OPENBLAS_NUM_THREADS", "1"),
            Map.entry("MKL_NUM_THREADS", "1"),
            Map.entry("NUMEXPR_NUM_THREADS", "1"),
            Map.entry("RAYON_NUM_THREADS", "1"));

    private SameEnvironment() {}

    public static Map<String, String> of(Original original, Map<String, String> own) {
        Map<String, String> all = new HashMap<>(ALIKE);
        all.put("SANDRUN_JOB_ID", original.jobId());
        // What programs that heed it take for the time.
        all.put("SOURCE_DATE_EPOCH", Long.toString(original.submittedAtMs() / 1000));
        all.putAll(own);
        return all;
    }
}
