package io.sandrun.runtime.sandbox;

import io.sandrun.runtime.Cancellation;
import io.sandrun.runtime.HostCopy;
import io.sandrun.runtime.InputFile;
import io.sandrun.runtime.Inputs;
import io.sandrun.runtime.archive.ArchiveReader;
import io.sandrun.runtime.archive.ArchiveSink;
import io.sandrun.runtime.archive.ArchiveSource;
import io.sandrun.runtime.archive.SelectedEntries;
import io.sandrun.runtime.archive.Selection;
import io.sandrun.runtime.linux.Descriptor;
import io.sandrun.runtime.linux.DirectoryDescriptor;
import io.sandrun.runtime.linux.FileOwner;
import io.sandrun.runtime.linux.LinuxException;
import io.sandrun.runtime.linux.NativeBuffer;
import io.sandrun.runtime.output.InputTime;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.util.concurrent.CancellationException;

/** Writes what a command shall find into /work; no byte of the guest has run yet. One thread. */
final class InputWriter {
    private static final int BUFFER_BYTES = 64 * 1024;

    private final DirectoryDescriptor work;
    private final Identity identity;
    private final Cancellation cancellation;

    InputWriter(DirectoryDescriptor work, Identity identity, Cancellation cancellation) {
        this.work = work;
        this.identity = identity;
        this.cancellation = cancellation;
    }

    /**
     * Unpacks the archives, then writes the files.
     *
     * @param isDated whether it matters later that files are told from those that the job makes
     * @throws io.sandrun.runtime.archive.ArchiveRefusedException when an archive is not taken
     * @throws CancellationException when the run was cancelled meanwhile
     */
    void write(Inputs inputs, boolean isDated) throws IOException {
        if (!inputs.archives().isEmpty()) {
            unpack(inputs);
        }
        if (!inputs.files().isEmpty()) {
            FileOwner owner = identity.assumeJob();
            try {
                for (InputFile file : inputs.files()) {
                    write(file, isDated);
                }
            } finally {
                owner.close();
            }
        }
        for (HostCopy copy : inputs.copies()) {
            if (inputs.selection() == null || inputs.selection().takes(copy.path())) {
                write(copy);
            }
        }
    }

    private void unpack(Inputs inputs) throws IOException {
        try (Unpacking unpacking = new Unpacking(work, identity, cancellation)) {
            Selection selection = inputs.selection();
            ArchiveSink sink = selection == null ? unpacking : new SelectedEntries(selection, unpacking);
            ArchiveReader reader = new ArchiveReader(inputs.archiveLimits(), sink);
            for (ArchiveSource archive : inputs.archives()) {
                try (InputStream stream = archive.open()) {
                    reader.read(stream);
                }
            }
        }
    }

    private void write(InputFile file, boolean isDated) throws IOException {
        try {
            makeParents(file.path());
            work.writeFile(file.path(), file.content(), file.executable());
            if (isDated) {
                work.setTimes(file.path(), InputTime.EPOCH_SECONDS);
            }
        } catch (LinuxException e) {
            throw understood(file.path(), e);
        }
    }

    private void write(HostCopy copy) throws IOException {
        try (InputStream source = Files.newInputStream(copy.source());
                NativeBuffer buffer = NativeBuffer.ofSize(BUFFER_BYTES);
                Descriptor file = create(copy.path())) {
            byte[] chunk = new byte[BUFFER_BYTES];
            for (int read = source.read(chunk); read >= 0; read = source.read(chunk)) {
                if (cancellation.isCancelled()) {
                    throw new CancellationException();
                }
                buffer.fill(chunk, 0, read);
                file.writeAll(buffer, read);
            }
            file.setTimes(InputTime.EPOCH_SECONDS);
        } catch (LinuxException e) {
            throw understood(copy.path(), e);
        }
    }

    /** The identity is taken for no longer than the name is made: the copy's source may be the agent's alone. */
    private Descriptor create(String path) throws LinuxException {
        FileOwner owner = identity.assumeJob();
        try {
            makeParents(path);
            return work.createFile(path, false);
        } finally {
            owner.close();
        }
    }

    private void makeParents(String path) throws LinuxException {
        int slash = path.lastIndexOf('/');
        if (slash > 0) {
            work.makeDirectories(path.substring(0, slash));
        }
    }

    private static IOException understood(String path, LinuxException e) {
        return switch (e.errno()) {
            case LinuxException.ENOSPC ->
                new InvalidRequestException("The input files do not fit on the disk of the sandbox.");
            case LinuxException.EEXIST, LinuxException.ENOTDIR, LinuxException.EISDIR, LinuxException.ELOOP ->
                new InvalidRequestException("The input file '" + path + "' collides with another.");
            default -> e;
        };
    }
}
