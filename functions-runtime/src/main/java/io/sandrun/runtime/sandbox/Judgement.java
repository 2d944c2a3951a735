package io.sandrun.runtime.sandbox;

import io.sandrun.runtime.Outcome;
import io.sandrun.runtime.RunLimits;

/**
 * What a command's own end means. Pure functions. Evidence of a limit explains a failure; it never overturns a success:
 * a program that was refused a fork and coped has done its work.
 */
final class Judgement {
    /**
     * What is known when everything is over.
     *
     * @param oomKills processes that the kernel killed for want of memory
     * @param forkRefusals forks that the kernel refused and counted
     * @param aboveProcessLimit whether the job was seen above its limit, where refusals are not counted
     * @param diskFull whether no block or no inode is left
     */
    record Evidence(long oomKills, long forkRefusals, boolean aboveProcessLimit, boolean diskFull) {}

    private static final int SIGKILL = 9;
    private static final int SIGXCPU = 24;
    private static final int SIGXFSZ = 25;
    private static final int SIGSYS = 31;

    private Judgement() {}

    static boolean failed(Protocol.Ended ended) {
        return ended.signal() != 0 || ended.code() != 0;
    }

    static Verdict of(Protocol.Ended ended, Evidence evidence, RunLimits limits) {
        if (!failed(ended)) {
            return Verdict.OK;
        }
        if (evidence.oomKills() > 0) {
            return new Verdict(Outcome.OUT_OF_MEMORY, outOfMemory(limits));
        }
        if (ended.signal() == SIGXCPU) {
            return new Verdict(Outcome.TIMED_OUT, "A process reached the CPU time limit.");
        }
        if (evidence.forkRefusals() > 0 || evidence.aboveProcessLimit()) {
            return new Verdict(Outcome.PROCESS_LIMIT, processLimit(limits));
        }
        if (evidence.diskFull() || ended.signal() == SIGXFSZ) {
            return new Verdict(
                    Outcome.DISK_LIMIT,
                    "The disk of the sandbox is full: " + limits.diskBytes() + " bytes in " + limits.diskInodes()
                            + " files are allowed.");
        }
        return ended.signal() == 0
                ? new Verdict(Outcome.EXIT_NONZERO, "The program exited with code " + ended.code() + ".")
                : new Verdict(Outcome.SIGNALLED, signalled(ended.signal()));
    }

    /** Pid 1 is gone without a word: it was killed together with the job, or by mistake. */
    static Verdict ofSilence(Evidence evidence, RunLimits limits) {
        return evidence.oomKills() > 0
                ? new Verdict(Outcome.OUT_OF_MEMORY, outOfMemory(limits))
                : new Verdict(Outcome.SANDBOX_ERROR, "The sandbox was ended from outside.");
    }

    static String outOfMemory(RunLimits limits) {
        return "The memory limit of " + limits.memoryBytes() + " bytes was reached.";
    }

    static String processLimit(RunLimits limits) {
        return "The limit of " + limits.processes() + " processes and threads was reached.";
    }

    private static String signalled(int signal) {
        return switch (signal) {
            case SIGKILL -> "The program was ended by signal 9 (SIGKILL).";
            case SIGSYS -> "The program was ended by signal 31: it made a system call of a foreign kind.";
            default -> "The program was ended by signal " + signal + ".";
        };
    }
}
