package io.sandrun.runtime.sandbox;

import io.sandrun.runtime.InputFile;
import io.sandrun.runtime.linux.Descriptor;
import io.sandrun.runtime.linux.DirectoryDescriptor;
import io.sandrun.runtime.linux.FileOwner;
import io.sandrun.runtime.linux.LinuxException;
import io.sandrun.runtime.linux.MessageSocket;
import io.sandrun.runtime.linux.PidDescriptor;
import io.sandrun.runtime.linux.Pipe;
import java.io.IOException;
import java.util.List;

/**
 * An empty sandbox that waits for its one command. One thread at a time. Closing it ends whatever runs in it, at any
 * point of its life.
 */
final class PreparedSandbox implements AutoCloseable {
    private final Resident resident;
    private final long id;
    private final Resident.Fate fate;
    private final MessageSocket socket;
    private final DirectoryDescriptor work;

    PreparedSandbox(Resident resident, long id, Resident.Fate fate, MessageSocket socket, Descriptor work) {
        this.resident = resident;
        this.id = id;
        this.fate = fate;
        this.socket = socket;
        this.work = new DirectoryDescriptor(work);
    }

    Resident resident() {
        return resident;
    }

    Resident.Fate fate() {
        return fate;
    }

    /** Where pid 1 tells how the command ended. */
    MessageSocket socket() {
        return socket;
    }

    DirectoryDescriptor.Space space() throws LinuxException {
        return work.space();
    }

    /** Writes files into /work; no byte of the guest has run yet. */
    void write(List<InputFile> files, Identity identity) throws IOException {
        if (files.isEmpty()) {
            return;
        }
        FileOwner owner = identity.hasInsideRoot()
                ? FileOwner.assume(identity.hostJobUid(), identity.hostJobGid())
                : FileOwner.unchanged();
        try {
            for (InputFile file : files) {
                write(file);
            }
        } finally {
            owner.close();
        }
    }

    private void write(InputFile file) throws IOException {
        int slash = file.path().lastIndexOf('/');
        try {
            if (slash > 0) {
                work.makeDirectories(file.path().substring(0, slash));
            }
            work.writeFile(file.path(), file.content(), file.executable());
        } catch (LinuxException e) {
            throw switch (e.errno()) {
                case LinuxException.ENOSPC ->
                    new InvalidRequestException("The input files do not fit on the disk of the sandbox.");
                case LinuxException.EEXIST, LinuxException.ENOTDIR, LinuxException.EISDIR ->
                    new InvalidRequestException("The input file '" + file.path() + "' collides with another.");
                default -> e;
            };
        }
    }

    /** Starts the command. The pipes' far ends are handed over: they are closed here. */
    void go(byte[] launch, Pipe stdin, Pipe stdout, Pipe stderr) throws IOException {
        socket.send(launch, stdin.reader(), stdout.writer(), stderr.writer());
        stdin.reader().close();
        stdout.writer().close();
        stderr.writer().close();
    }

    /** Ends everything in the sandbox. The kernel does the rest; {@link Resident.Fate#exited} tells when it is done. */
    void kill() {
        Descriptor pidfd = fate.pidfd();
        if (pidfd != null) {
            PidDescriptor.kill(pidfd);
        }
    }

    @Override
    public void close() {
        if (fate.exited() == null) {
            kill();
        }
        socket.close();
        work.close();
        resident.release(id);
    }
}
