package io.sandrun.runtime.sandbox;

import io.sandrun.runtime.Birth;
import io.sandrun.runtime.RunLimits;
import io.sandrun.runtime.RunRequest;
import java.util.List;
import java.util.Map;

/** What to start in a prepared sandbox: makes the GO message. A pure function. */
final class Launch {
    /** Resource numbers of setrlimit(2), the same on all architectures that are supported. */
    private static final int CPU = 0;

    private static final int FSIZE = 1;
    private static final int STACK = 3;
    private static final int CORE = 4;
    private static final int NPROC = 6;
    private static final int NOFILE = 7;
    private static final int MEMLOCK = 8;
    private static final int SIGPENDING = 11;
    private static final int MSGQUEUE = 12;
    private static final int NICE = 13;
    private static final int RTPRIO = 14;

    /**
     * The kernel writes no core file that is smaller than a page, and runs the program that a host may have named in
     * core_pattern for every limit but this one.
     */
    private static final long NO_CORE_DUMP = 1;

    private static final long STACK_BYTES = 64L << 20;
    private static final long LOCKED_BYTES = 64L << 10;
    private static final long PENDING_SIGNALS = 1024;

    private Launch() {}

    /**
     * @param processesAllowed what the kernel may count for the job's user before it refuses; not below the request's
     * @param birth how its process comes to be
     */
    static byte[] plan(RunRequest request, Identity identity, long processesAllowed, Filters filters, Birth birth) {
        PlanWriter plan = ofJob(PlanWriter.go(), identity, request.limits(), processesAllowed);
        command(plan, request.command(), request.environment());
        return filters.write(plan, birth).toBytes();
    }

    /** A process that waits for a job, with all that the job may do and no more. */
    static byte[] await(AwaitedKind kind, Identity identity, long processesAllowed, Filters filters) {
        PlanWriter plan = ofJob(PlanWriter.await(), identity, kind.limits(), processesAllowed);
        command(plan, kind.command(), kind.variables());
        return filters.write(plan, Birth.AWAITED).toBytes();
    }

    private static PlanWriter ofJob(PlanWriter plan, Identity identity, RunLimits limits, long processesAllowed) {
        plan.user(Identity.JOB_ID, Identity.JOB_ID, identity.hasInsideRoot());
        limits(plan, limits, processesAllowed);
        return plan.workdir(Layout.WORK);
    }

    private static void command(PlanWriter plan, List<String> command, Map<String, String> environment) {
        command.forEach(plan::argument);
        environment.forEach(plan::variable);
    }

    /**
     * A zygote: what a job inherits from it and cannot set for itself any more is as with an execution.
     *
     * @param filter a job's, that lets namespaces be entered as well
     */
    static byte[] nurse(List<String> command, Map<String, String> environment, Identity identity, byte[] filter) {
        PlanWriter plan = PlanWriter.nurse();
        plan.user(identity.zygoteId(), identity.zygoteId(), identity.hasInsideRoot());
        same(plan, STACK, STACK_BYTES);
        same(plan, CORE, NO_CORE_DUMP);
        Layout.leave(plan);
        command(plan.workdir(Layout.WORK), command, environment);
        return plan.filter(filter).toBytes();
    }

    private static void limits(PlanWriter plan, RunLimits limits, long processesAllowed) {
        // A backstop per process for the sum that is metered: SIGXCPU first, then SIGKILL.
        long cpuSeconds = limits.cpuTime().plusMillis(999).toSeconds() + 1;
        plan.limit(CPU, cpuSeconds, cpuSeconds + 1);
        same(plan, FSIZE, limits.diskBytes());
        same(plan, STACK, STACK_BYTES);
        same(plan, CORE, NO_CORE_DUMP);
        same(plan, NPROC, processesAllowed);
        same(plan, NOFILE, limits.openFiles());
        same(plan, MEMLOCK, LOCKED_BYTES);
        same(plan, SIGPENDING, PENDING_SIGNALS);
        same(plan, MSGQUEUE, 0);
        same(plan, NICE, 0);
        same(plan, RTPRIO, 0);
    }

    private static void same(PlanWriter plan, int resource, long value) {
        plan.limit(resource, value, value);
    }
}
