package io.sandrun.node.attempt;

import io.sandrun.protocol.JobLimits;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * How many cores' time a job gets: what it asks for, or else the slot's even share of the node, but never less than
 * one, so that a program without threads is as fast as the machine.
 *
 * @param nodeCores cores of this machine that the agent may use
 * @param slots jobs that run here at one time
 */
public record CpuShare(int nodeCores, int slots) {
    /** Where thread pools look before they count the machine's cores, of which they may use only some here. */
    private static final List<String> THREAD_VARIABLES = List.of(
            "OMP_NUM_THREADS",
            "OPENBLAS_NUM_THREADS",
            "MKL_NUM_THREADS",
            "NUMEXPR_MAX_THREADS",
            "RAYON_NUM_THREADS",
            "GOMAXPROCS");

    public double cores(JobLimits limits) {
        return limits.cores() > 0 ? limits.cores() : Math.max(1, (double) nodeCores / slots);
    }

    /** CPU time that the job may use in all. */
    public double cpuSeconds(JobLimits limits) {
        return limits.cpuSeconds() == null ? limits.timeout() * cores(limits) : limits.cpuSeconds();
    }

    /** Environment variables by which a program makes as many threads as can run. */
    public Map<String, String> threadVariables(JobLimits limits) {
        String threads = Integer.toString((int) Math.ceil(cores(limits)));
        Map<String, String> variables = new HashMap<>();
        THREAD_VARIABLES.forEach(name -> variables.put(name, threads));
        return variables;
    }
}
