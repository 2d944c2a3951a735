package io.sandrun.runtime.sandbox;

import io.sandrun.runtime.SandboxSettings;
import io.sandrun.runtime.linux.FileOwner;
import io.sandrun.runtime.linux.Ids;
import io.sandrun.runtime.linux.LinuxException;

/**
 * Who the processes of a sandbox are on the host.
 *
 * <p>An agent that is root gives every slot two ids of its own: one for pid 1 (inside: root) and one for the job
 * (inside: {@value #JOB_ID}); host root is not mapped at all. Zygotes serve all slots: what is theirs has ids of its
 * own, and the slots' jobs below keep theirs. An ordinary user can map its own id alone, so there pid 1 and the job
 * share it, and only the user namespace stands between the job and the user's other processes' files.
 *
 * @param hasInsideRoot whether pid 1 has an id other than the job's
 * @param hostRootId the host's uid and gid of pid 1
 * @param hostJobUid the host's uid of the job
 * @param hostJobGid the host's gid of the job
 * @param templateJobId the uid and gid of the job as the template sees it below which it may be
 */
record Identity(boolean hasInsideRoot, int hostRootId, int hostJobUid, int hostJobGid, int templateJobId) {
    /** The job's uid and gid as it sees itself. */
    static final int JOB_ID = 1000;

    /** A zygote's, where it can have one that no job has. */
    private static final int ZYGOTE_ID = 1001;

    /** The first of the slots' jobs', in a template. */
    private static final int FIRST_TEMPLATE_JOB_ID = 2000;

    /** From the range above container ids that systemd's "Users, Groups, UIDs and GIDs" page documents as unused. */
    private static final int FIRST_HOST_ID = 0x70000000;

    private static final int AGENTS = 65536;
    private static final int IDS_PER_AGENT = 4096;
    private static final int SLOTS = SandboxSettings.MAX_SLOTS;

    static Identity ofSlot(Ids agent, long agentPid, int slot) {
        if (!agent.isRoot()) {
            return ofUser(agent);
        }
        int root = firstOf(agentPid) + slot;
        int job = root + SLOTS;
        return new Identity(true, root, job, job, FIRST_TEMPLATE_JOB_ID + slot);
    }

    /** Of the templates. */
    static Identity ofZygotes(Ids agent, long agentPid) {
        if (!agent.isRoot()) {
            return ofUser(agent);
        }
        int root = firstOf(agentPid) + 2 * SLOTS;
        return new Identity(true, root, root + 1, root + 1, JOB_ID);
    }

    private static Identity ofUser(Ids agent) {
        return new Identity(false, agent.uid(), agent.uid(), agent.gid(), JOB_ID);
    }

    /** Of the ids of an agent: a root's for each slot, a job's for each slot, then those of the templates. */
    private static int firstOf(long agentPid) {
        return FIRST_HOST_ID + (int) (agentPid % AGENTS) * IDS_PER_AGENT;
    }

    /** Leaving groups is a right that the kernel gives to no unprivileged user's namespace. */
    String setgroups() {
        return hasInsideRoot ? "" : "deny";
    }

    String uidMap(Room room) {
        return map(room, hostJobUid);
    }

    String gidMap(Room room) {
        return map(room, hostJobGid);
    }

    /** The zygote's uid and gid as it sees itself. */
    int zygoteId() {
        return hasInsideRoot ? ZYGOTE_ID : JOB_ID;
    }

    /** Makes the current thread make files as the job would. */
    FileOwner assumeJob() throws LinuxException {
        return hasInsideRoot ? FileOwner.assume(hostJobUid, hostJobGid) : FileOwner.unchanged();
    }

    /** Below a template, pid 1 is who the template's is. */
    private String map(Room room, int hostJobId) {
        boolean isNested = room == Room.NESTED;
        String job = line(JOB_ID, isNested ? templateJobId : hostJobId, 1);
        if (!hasInsideRoot) {
            return job;
        }
        String all = line(0, isNested ? 0 : hostRootId, 1) + job;
        return room == Room.TEMPLATE
                ? all + line(ZYGOTE_ID, hostRootId + 2, 1) + line(FIRST_TEMPLATE_JOB_ID, hostRootId - SLOTS, SLOTS)
                : all;
    }

    private static String line(int inside, int outside, int count) {
        return inside + " " + outside + " " + count + "\n";
    }
}
