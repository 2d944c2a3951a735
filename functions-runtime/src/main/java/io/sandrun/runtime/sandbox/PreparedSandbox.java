package io.sandrun.runtime.sandbox;

import io.sandrun.runtime.Cancellation;
import io.sandrun.runtime.Door;
import io.sandrun.runtime.Harvest;
import io.sandrun.runtime.Inputs;
import io.sandrun.runtime.linux.Descriptor;
import io.sandrun.runtime.linux.DirectoryDescriptor;
import io.sandrun.runtime.linux.LinuxException;
import io.sandrun.runtime.linux.MessageSocket;
import io.sandrun.runtime.linux.MessageSocket.Message;
import io.sandrun.runtime.linux.PidDescriptor;
import io.sandrun.runtime.linux.Pipe;
import io.sandrun.runtime.linux.Poll;
import io.sandrun.runtime.output.OutputCollector;
import io.sandrun.runtime.output.Outputs;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A sandbox that is there for one command. It is asked for, and not waited for: its pid 1 finds the command when it has
 * built the file system, and only who wants to write into /work has to wait until then. What pid 1 says meanwhile stays
 * in the socket until somebody wants to know, because each wake-up of ours takes a processor from the job. One thread
 * at a time. Closing it ends whatever runs in it, at any point of its life.
 */
final class PreparedSandbox implements AutoCloseable {
    /** Preparing takes milliseconds; this is for a machine that is on its knees. */
    static final int PREPARE_TIMEOUT_MS = 30_000;

    /** What is killed dies at once; more than this is a process that hangs in the kernel. */
    static final int END_TIMEOUT_MS = 10_000;

    /** On a disk: less is neither here nor there when it is charged to the next run for a moment. */
    private static final long LEFT_BYTES = 1L << 20;

    private final Resident resident;
    private final long id;
    private final Resident.Fate fate;
    private final MessageSocket socket;
    private int pid;
    private @Nullable Descriptor pidfd;
    private @Nullable DirectoryDescriptor work;
    private @Nullable Descriptor listener;
    private Door.@Nullable Opening opening;
    private long readyNanos;
    private @Nullable SandboxFailure failure;
    private Protocol.@Nullable Ended ended;
    private boolean isTold;
    private boolean isSilent;
    private boolean isReset;

    PreparedSandbox(Resident resident, long id, Resident.Fate fate, MessageSocket socket) {
        this.resident = resident;
        this.id = id;
        this.fate = fate;
        this.socket = socket;
    }

    Resident resident() {
        return resident;
    }

    Resident.Fate fate() {
        return fate;
    }

    /** Where the resident tells that pid 1 was started, and pid 1 what became of the sandbox. */
    MessageSocket socket() {
        return socket;
    }

    /** Of pid 1, as the host counts; 0 when nothing was heard of it yet. */
    int pid() {
        return pidfd == null || resident.pid() != 0 ? pid : PidDescriptor.number(pidfd);
    }

    /** When the file system was built, by {@link System#nanoTime}; 0 when nothing was heard of it yet. */
    long readyNanos() {
        return readyNanos;
    }

    /** Whether it was said what to start: it may have begun. */
    boolean isTold() {
        return isTold;
    }

    /** Whether it is known that nothing of it is left, or nothing that answers. */
    boolean isGone() {
        return isSilent || fate.exited() != null;
    }

    /** How the main process ended; null when nothing was heard of it. */
    Protocol.@Nullable Ended ended() {
        return ended;
    }

    /** Of its disk; one that was not heard of yet holds nothing and is not full. */
    DirectoryDescriptor.Space space() throws LinuxException {
        return work == null ? new DirectoryDescriptor.Space(1, 1, 0) : work.space();
    }

    /**
     * Takes what was said since, without waiting.
     *
     * @throws SandboxFailure when a step of prepare or go did not work
     * @throws IOException when the resident is gone
     */
    void hear() throws IOException {
        resident.listen();
        while (!isSilent && ended == null && failure == null) { // these are last words
            Message message;
            try {
                message = socket.receive();
            } catch (IOException e) {
                // What pid 1 left unread comes back as an error, once, before its last words.
                isSilent = isReset;
                isReset = true;
                continue;
            }
            if (message == null) {
                break;
            }
            note(message);
        }
        if (isSilent) {
            resident.listen(); // it says why before it lets go of the sandbox, perhaps a moment ago
        }
        if (failure != null) {
            throw failure;
        }
        if (fate.refused() != null) {
            throw new SandboxFailure(fate.refused());
        }
    }

    private void note(Message message) throws IOException {
        switch (message.bytes().getInt(0)) {
            case Protocol.STARTED -> {
                pid = Protocol.Started.read(message.bytes()).pid();
                pidfd = message.descriptors().get(0);
            }
            case Protocol.PREPARED -> {
                readyNanos = Protocol.Prepared.read(message.bytes()).nanos();
                work = new DirectoryDescriptor(message.descriptors().get(0));
            }
            case Protocol.DOOR -> listener = message.descriptors().get(0);
            case Protocol.FAILED -> failure = new SandboxFailure(Protocol.Failure.read(message.bytes()));
            case Protocol.ENDED -> ended = Protocol.Ended.read(message.bytes());
            default -> throw new IOException("unexpected message of pid 1");
        }
    }

    /**
     * Waits until /work can be written to.
     *
     * @throws SandboxFailure when a step did not work; the resident stays usable
     */
    DirectoryDescriptor awaitPrepared() throws IOException {
        await(() -> work != null, PREPARE_TIMEOUT_MS);
        if (work == null) {
            throw new IOException("the sandbox ended before it was ready");
        }
        return work;
    }

    private interface Condition {
        boolean holds();
    }

    /** Until the condition holds, or never will. */
    private void await(Condition condition, int timeoutMs) throws IOException {
        long deadlineNanos = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(timeoutMs);
        try (Poll poll = new Poll()) {
            poll.watch(resident.descriptor());
            poll.watch(socket.descriptor());
            for (hear(); !condition.holds() && fate.exited() == null && ended == null && !isSilent; hear()) {
                long remainingMs = TimeUnit.NANOSECONDS.toMillis(deadlineNanos - System.nanoTime());
                if (remainingMs <= 0) {
                    throw late();
                }
                poll.await((int) remainingMs);
            }
        }
    }

    /** Pid 1 says nothing any more a moment before all that it ruled is gone. */
    private void awaitExit() throws IOException {
        long deadlineNanos = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(END_TIMEOUT_MS);
        try (Poll poll = new Poll()) {
            poll.watch(resident.descriptor());
            for (resident.listen(); fate.exited() == null && fate.refused() == null; resident.listen()) {
                long remainingMs = TimeUnit.NANOSECONDS.toMillis(deadlineNanos - System.nanoTime());
                if (remainingMs <= 0) {
                    throw late();
                }
                poll.await((int) remainingMs);
            }
        }
    }

    /** What is not understood is not used again. */
    IOException late() {
        resident.distrust();
        return new IOException("the sandbox was not ready after " + PREPARE_TIMEOUT_MS + " ms");
    }

    /**
     * Writes into /work what the command shall find there; no byte of the guest has run yet.
     *
     * @throws io.sandrun.runtime.archive.ArchiveRefusedException when an archive is not taken
     * @throws java.util.concurrent.CancellationException when the run was cancelled meanwhile
     */
    void write(Inputs inputs, Identity identity, boolean isDated, Cancellation cancellation) throws IOException {
        if (!inputs.isEmpty()) {
            new InputWriter(awaitPrepared(), identity, cancellation).write(inputs, isDated);
        }
    }

    /** Opens the sandbox's way out, if it has one; before its first byte runs. */
    void open(@Nullable Door door) throws IOException {
        if (door == null) {
            return;
        }
        awaitPrepared();
        if (listener == null) {
            throw new IOException("the sandbox has no door");
        }
        opening = door.open(listener);
    }

    /** Nobody is inside any more, so nobody goes out. */
    void closeDoor() {
        if (opening != null) {
            opening.close();
            opening = null;
        }
    }

    /** What is taken after a success. */
    void reap(Harvest harvest) throws IOException {
        if (work != null) {
            harvest.take(work);
        }
    }

    /** Takes the outputs; nothing of the guest may run any more. There are none where there never was a /work. */
    Outputs collect(OutputCollector collector) throws IOException {
        return work == null ? Outputs.NONE : collector.collect(work);
    }

    /** Says what to start already, to wait until {@link #go} says what for; see {@code nest.c}. */
    void await(byte[] launch) throws IOException {
        socket.send(launch);
    }

    /**
     * Says what to start as soon as the sandbox is ready. The pipes' far ends are handed over: they are closed here.
     *
     * @throws SandboxFailure when it is known already that it never will be
     */
    void go(byte[] launch, Pipe stdin, Pipe stdout, Pipe stderr) throws IOException {
        try {
            socket.send(launch, stdin.reader(), stdout.writer(), stderr.writer());
        } catch (LinuxException e) {
            hear(); // whoever went away has said why
            throw e;
        }
        isTold = true;
        stdin.reader().close();
        stdout.writer().close();
        stderr.writer().close();
    }

    /** Ends everything in the sandbox. The kernel does the rest; {@link Resident.Fate#exited} tells when it is done. */
    void kill() {
        try {
            if (pidfd == null && resident.isUsable()) {
                await(() -> pidfd != null, END_TIMEOUT_MS);
            }
        } catch (IOException e) {
            // Then there is nothing to kill, or nobody who could tell what; closing the socket ends it all the same.
        }
        if (pidfd != null) {
            PidDescriptor.kill(pidfd);
        }
    }

    /** Ends everything in it, waits with a bound until nothing of it runs any more, and closes it. */
    void end() {
        kill();
        try {
            if (resident.isUsable()) { // or it has been waited for in vain
                awaitExit();
            }
        } catch (IOException e) {
            // It is gone, or hangs in the kernel, where nobody can do more.
        }
        close();
    }

    @Override
    public void close() {
        if (fate.exited() == null && fate.refused() == null) {
            kill();
        }
        socket.close();
        if (pidfd != null) {
            pidfd.close();
        }
        if (work != null) {
            leave(work);
            work.close();
        }
        closeDoor();
        if (listener != null) {
            listener.close();
        }
        resident.release(id);
    }

    private void leave(DirectoryDescriptor disk) {
        try {
            if (disk.space().usedBytes() <= LEFT_BYTES) {
                return;
            }
        } catch (LinuxException e) {
            // Then nobody knows.
        }
        resident.leave();
    }
}
