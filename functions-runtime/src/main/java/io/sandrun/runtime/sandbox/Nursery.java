package io.sandrun.runtime.sandbox;

import io.sandrun.runtime.Cancellation;
import io.sandrun.runtime.cgroup.SlotCgroup;
import io.sandrun.runtime.linux.Descriptor;
import io.sandrun.runtime.linux.LinuxException;
import io.sandrun.runtime.linux.MessageSocket;
import io.sandrun.runtime.linux.MessageSocket.Message;
import io.sandrun.runtime.linux.PidDescriptor;
import io.sandrun.runtime.linux.Poll;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CancellationException;

/**
 * A slot's copy of a zygote, and beside it the resident of the sandboxes whose jobs are forked from that. One thread at
 * a time. Closing it ends both, and the sandboxes.
 */
final class Nursery implements AutoCloseable {
    /** Both die by SIGKILL; only a process that hangs in the kernel takes longer. */
    private static final int END_TIMEOUT_MS = 5_000;

    private final Mother mother;
    private final Resident resident;
    private final Descriptor residentPidfd;
    private final Descriptor zygotePidfd;
    private final PlanMemory plans;

    private Nursery(Mother mother, Resident resident, List<Descriptor> pidfds, Identity identity) {
        this.mother = mother;
        this.resident = resident;
        this.residentPidfd = pidfds.get(0);
        this.zygotePidfd = pidfds.get(1);
        this.plans = new PlanMemory(identity, HostFiles.real(), Map.of());
    }

    /**
     * Waits for the two, who were asked for, and moves them into the slot's group.
     *
     * @param control is closed with what this returns, and when it throws
     */
    static Nursery await(Mother mother, MessageSocket control, Identity identity, SlotCgroup cgroup, Wait wait)
            throws IOException {
        List<Descriptor> pidfds = List.of();
        try {
            pidfds = answer(mother, control, wait).descriptors();
            for (Descriptor pidfd : pidfds) {
                admit(pidfd, cgroup);
            }
            return new Nursery(mother, Resident.inside(control), pidfds, identity);
        } catch (IOException | CancellationException e) {
            pidfds.forEach(PidDescriptor::kill);
            pidfds.forEach(Descriptor::close);
            control.close();
            throw e;
        }
    }

    /**
     * Groups take numbers and no descriptors. A number is given to another only when its process is gone and all other
     * numbers of the machine have been given since: not while this thread is between two calls. Whoever is there
     * afterwards has had the number all the time; who is not was not admitted, or has ended as one of the slot's.
     */
    private static void admit(Descriptor pidfd, SlotCgroup cgroup) throws IOException {
        int number = PidDescriptor.number(pidfd);
        if (number > 0) { // who writes 0 into a group moves itself
            cgroup.admit(number);
        }
        if (number <= 0 || PidDescriptor.number(pidfd) != number) {
            throw new IOException("the zygote's copy ended at once");
        }
    }

    private static Message answer(Mother mother, MessageSocket control, Wait wait) throws IOException {
        Message message = control.receive();
        while (message == null) {
            if (mother.wear().isSpent()) {
                throw new IOException("the zygote is not copied any more");
            }
            if (!wait.await(control.descriptor())) {
                throw SandboxFailure.ofHang("copy the zygote");
            }
            message = control.receive();
        }
        if (message.bytes().getInt(0) == Protocol.FAILED) {
            throw new SandboxFailure(Protocol.Failure.read(message.bytes()));
        }
        return message;
    }

    Mother mother() {
        return mother;
    }

    /** Whether jobs can still be forked. */
    boolean isAlive() {
        return resident.isUsable() && !isOver(zygotePidfd, 0);
    }

    private static boolean isOver(Descriptor pidfd, int patienceMs) {
        try (Poll poll = new Poll()) {
            int place = poll.watch(pidfd);
            poll.await(patienceMs);
            return poll.isReady(place);
        } catch (LinuxException e) {
            return true;
        }
    }

    /** A sandbox whose job is forked. */
    PreparedSandbox request(Layout.Wanted wanted) throws IOException {
        mother.wear().countJob();
        long id = resident.nextId();
        return resident.request(id, plans.plan(id, wanted));
    }

    /** See {@link Resident#settle}. */
    void settle(Cancellation cancellation) {
        resident.settle(cancellation);
    }

    @Override
    public void close() {
        resident.close();
        List<Descriptor> pidfds = List.of(residentPidfd, zygotePidfd);
        pidfds.forEach(PidDescriptor::kill);
        pidfds.forEach(pidfd -> isOver(pidfd, END_TIMEOUT_MS));
        pidfds.forEach(Descriptor::close);
        mother.leave();
    }
}
