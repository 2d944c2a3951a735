package io.sandrun.runtime.sandbox;

import io.sandrun.runtime.Cancellation;
import io.sandrun.runtime.linux.Descriptor;
import io.sandrun.runtime.linux.MessageSocket;
import io.sandrun.runtime.linux.MessageSocket.Message;
import io.sandrun.runtime.linux.PidDescriptor;
import io.sandrun.runtime.linux.Poll;
import io.sandrun.runtime.linux.ProgramImage;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Java's side of one resident sandbox-init: asks it for sandboxes and keeps what it tells about each. One thread at a
 * time. When it dies or is closed, so do all its sandboxes.
 */
final class Resident implements AutoCloseable {
    /** What the resident has told about one sandbox so far. */
    static final class Fate {
        private Protocol.@Nullable Failure refused;
        private Protocol.@Nullable Exited exited;

        /** Set when it could not be started. */
        Protocol.@Nullable Failure refused() {
            return refused;
        }

        /** Set once nothing of the sandbox runs any more. */
        Protocol.@Nullable Exited exited() {
            return exited;
        }
    }

    private static final Logger LOG = System.getLogger(Resident.class.getName());

    /** The kernel takes a full gibibyte apart in tenths of a second; this is for a machine that is on its knees. */
    private static final int SETTLE_TIMEOUT_MS = 10_000;

    /** Its children die by SIGKILL; only a process that hangs in the kernel takes longer. */
    private static final int END_TIMEOUT_MS = 5_000;

    private final int pid;
    private final @Nullable Descriptor pidfd;
    private final MessageSocket control;
    private final Map<Long, Fate> fates = new HashMap<>();
    private long lastId;
    private boolean broken;
    private boolean isLeft;
    private int awaitedSettlements;

    private Resident(int pid, @Nullable Descriptor pidfd, MessageSocket control) {
        this.pid = pid;
        this.pidfd = pidfd;
        this.control = control;
    }

    static Resident start(ProgramImage program) throws IOException {
        MessageSocket.Pair pair = MessageSocket.pair();
        try (Descriptor theirs = pair.theirs()) {
            int pid = program.start("resident", theirs);
            return new Resident(pid, PidDescriptor.open(pid), pair.ours());
        } catch (IOException e) {
            pair.ours().close();
            throw e;
        }
    }

    /** One that is pid 1 of a sandbox: it lives and dies with that. */
    static Resident inside(MessageSocket control) {
        return new Resident(0, null, control);
    }

    /** 0 for one inside a sandbox, which also counts the processes that it starts by numbers of its own. */
    int pid() {
        return pid;
    }

    boolean isUsable() {
        return !broken;
    }

    /** Marks it as not to be used again: what it does is not understood. */
    void distrust() {
        broken = true;
    }

    /** Ready for input when {@link #listen} has something to hear. */
    Descriptor descriptor() {
        return control.descriptor();
    }

    long nextId() {
        return ++lastId;
    }

    /**
     * Asks for a sandbox and does not wait for it.
     *
     * @param plan a PREPARE message with an id from {@link #nextId}
     * @throws IOException when the resident is gone; {@link #isUsable} is then false
     */
    PreparedSandbox request(long id, byte[] plan) throws IOException {
        MessageSocket.Pair pair = MessageSocket.pair();
        try (Descriptor theirs = pair.theirs()) {
            control.send(plan, theirs);
        } catch (IOException e) {
            broken = true;
            pair.ours().close();
            throw e;
        }
        Fate fate = new Fate();
        fates.put(id, fate);
        return new PreparedSandbox(this, id, fate, pair.ours());
    }

    /**
     * Builds a sandbox and waits until it is ready for its command.
     *
     * @throws SandboxFailure when a step did not work; the resident stays usable
     */
    PreparedSandbox prepare(long id, byte[] plan) throws IOException {
        PreparedSandbox sandbox = request(id, plan);
        try {
            sandbox.awaitPrepared();
            return sandbox;
        } catch (IOException e) {
            sandbox.close();
            throw e;
        }
    }

    /** Takes all that the resident has said since. */
    void listen() throws IOException {
        try {
            for (Message message = control.receive(); message != null; message = control.receive()) {
                note(message);
            }
        } catch (IOException e) {
            broken = true;
            throw new IOException("the resident of this slot is gone: " + e.getMessage(), e);
        }
    }

    private void note(Message message) {
        switch (message.bytes().getInt(0)) {
            case Protocol.REFUSED -> {
                Protocol.Failure failure = Protocol.Failure.read(message.bytes());
                Fate fate = fates.get(failure.id());
                if (fate != null) {
                    fate.refused = failure;
                }
            }
            case Protocol.EXITED -> {
                Protocol.Exited exited = Protocol.Exited.read(message.bytes());
                Fate fate = fates.get(exited.id());
                if (fate != null) {
                    fate.exited = exited;
                }
            }
            case Protocol.SETTLED -> awaitedSettlements--;
            default -> broken = true;
        }
        message.descriptors().forEach(Descriptor::close);
    }

    /** A sandbox has ended with so much on its disk that it matters, see {@link #settle}. */
    void leave() {
        isLeft = true;
    }

    /**
     * Waits, with a bound, until the disks of sandboxes that have ended are gone: until then they are charged to the
     * slot, and a run that begins would be taken for their owner. A resident that does not tell it in time is not
     * usable any more.
     *
     * @throws java.util.concurrent.CancellationException at once when it is cancelled
     */
    void settle(Cancellation cancellation) {
        if (!isLeft || broken) {
            return;
        }
        try (Wait wait = new Wait(SETTLE_TIMEOUT_MS, cancellation)) {
            control.send(PlanWriter.settle());
            awaitedSettlements++;
            for (listen(); awaitedSettlements > 0; listen()) {
                if (!wait.await(control.descriptor())) {
                    throw new IOException("the disk of the run before was not gone in " + SETTLE_TIMEOUT_MS + " ms");
                }
            }
            isLeft = false;
        } catch (IOException e) {
            LOG.log(Level.WARNING, "A resident is replaced: {0}", e.getMessage());
            broken = true; // and with it goes what it held
        }
    }

    /** Forgets a sandbox. */
    void release(long id) {
        fates.remove(id);
    }

    /** Ends the resident and with it every sandbox it has made. Waits, with a bound, until it is gone. */
    @Override
    public void close() {
        broken = true;
        control.close();
        fates.clear();
        if (pidfd == null) {
            return;
        }
        try (Poll poll = new Poll()) {
            int place = poll.watch(pidfd);
            poll.await(END_TIMEOUT_MS);
            if (!poll.isReady(place)) {
                PidDescriptor.kill(pidfd);
            }
            PidDescriptor.reap(pid);
        } catch (IOException e) {
            PidDescriptor.kill(pidfd);
        }
        pidfd.close();
    }
}
