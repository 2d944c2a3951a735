package io.sandrun.runtime.sandbox;

import io.sandrun.runtime.Cancellation;
import io.sandrun.runtime.archive.ArchiveRefusedException;
import io.sandrun.runtime.archive.ArchiveSink;
import io.sandrun.runtime.linux.Descriptor;
import io.sandrun.runtime.linux.DirectoryDescriptor;
import io.sandrun.runtime.linux.FileOwner;
import io.sandrun.runtime.linux.LinuxException;
import io.sandrun.runtime.linux.NativeBuffer;
import io.sandrun.runtime.output.InputTime;
import java.io.IOException;
import java.util.concurrent.CancellationException;
import org.jspecify.annotations.Nullable;

/**
 * Writes what an archive contains into /work, as the job's user and by the descriptor of /work alone. No byte of the
 * guest has run yet, so nobody else changes the tree. The identity is taken for each system call that needs it, because
 * the same thread reads the archive, which may be anything of the agent's. One thread.
 */
final class Unpacking implements ArchiveSink, AutoCloseable {
    private static final int BUFFER_BYTES = 64 * 1024;

    private final DirectoryDescriptor work;
    private final Identity identity;
    private final Cancellation cancellation;
    private final NativeBuffer buffer = NativeBuffer.ofSize(BUFFER_BYTES);
    private String path = "";
    private @Nullable Descriptor file;

    Unpacking(DirectoryDescriptor work, Identity identity, Cancellation cancellation) {
        this.work = work;
        this.identity = identity;
        this.cancellation = cancellation;
    }

    /** Something that makes a name in /work. */
    private interface Step {
        void make() throws LinuxException;
    }

    @Override
    public void makeDirectory(String directory) throws IOException {
        step(directory, () -> work.makeDirectory(directory));
    }

    @Override
    public void beginFile(String name, boolean executable) throws IOException {
        step(name, () -> file = work.createFile(name, executable));
    }

    @Override
    public void write(byte[] bytes, int count) throws IOException {
        if (cancellation.isCancelled()) {
            throw new CancellationException();
        }
        try {
            Descriptor open = open();
            for (int offset = 0; offset < count; offset += BUFFER_BYTES) {
                int some = Math.min(BUFFER_BYTES, count - offset);
                buffer.fill(bytes, offset, some);
                open.writeAll(buffer, some);
            }
        } catch (LinuxException e) {
            throw understood(path, e);
        }
    }

    @Override
    public void endFile() throws IOException {
        try (Descriptor done = open()) {
            done.setTimes(InputTime.EPOCH_SECONDS);
            file = null;
        }
    }

    private Descriptor open() {
        if (file == null) {
            throw new IllegalStateException("no file was begun");
        }
        return file;
    }

    @Override
    public void makeSymbolicLink(String link, String target) throws IOException {
        step(link, () -> work.makeSymbolicLink(link, target));
    }

    @Override
    public void makeHardLink(String link, String existing) throws IOException {
        step(link, () -> work.makeHardLink(link, existing));
    }

    @Override
    public void makeExecutable(String name) throws IOException {
        step(name, () -> work.makeExecutable(name));
    }

    private void step(String name, Step step) throws IOException {
        if (cancellation.isCancelled()) {
            throw new CancellationException();
        }
        path = name;
        try {
            FileOwner owner = identity.assumeJob();
            try {
                step.make();
            } finally {
                owner.close();
            }
        } catch (LinuxException e) {
            throw understood(name, e);
        }
    }

    private static IOException understood(String name, LinuxException e) {
        return e.errno() == LinuxException.ENOSPC
                ? ArchiveRefusedException.entry(
                        ArchiveRefusedException.Fault.DOES_NOT_FIT, name, "does not fit on the disk of the sandbox")
                : e;
    }

    @Override
    public void close() {
        if (file != null) {
            file.close();
        }
        buffer.close();
    }
}
