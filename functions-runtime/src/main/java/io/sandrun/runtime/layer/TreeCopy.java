package io.sandrun.runtime.layer;

import io.sandrun.runtime.Harvest;
import io.sandrun.runtime.linux.Descriptor;
import io.sandrun.runtime.linux.DirectoryDescriptor;
import io.sandrun.runtime.linux.DirectoryListing;
import io.sandrun.runtime.linux.FileKind;
import io.sandrun.runtime.linux.FileStatus;
import io.sandrun.runtime.linux.LinuxException;
import io.sandrun.runtime.linux.NativeBuffer;
import io.sandrun.runtime.name.GuestName;
import io.sandrun.runtime.output.InputTime;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Copies one directory of /work to the host, after everything of the sandbox is gone. One thread, used once.
 *
 * <p>Both trees are walked by descriptors and bare names, and no link is followed on either side. A link is copied as
 * what it says, if that stays in the tree; permissions but the owner's right to execute, owners and times are not kept.
 * Unlike outputs, a tree is taken as a whole or not at all.
 */
public final class TreeCopy implements Harvest {
    private static final int BLOCK_BYTES = 4096;
    private static final int BUFFER_BYTES = 64 * 1024;
    private static final int OWNER_EXECUTES = 0100;
    private static final int PROGRAM = 0555;
    private static final int FILE = 0444;
    private static final int DIRECTORY = 0755;

    private final String source;
    private final Path target;
    private final LayerLimits limits;
    private final List<String> path = new ArrayList<>();
    private long bytes;
    private int names;
    private Optional<String> refusal = Optional.empty();

    /**
     * @param source relative to /work; a tree without anything in it when it does not exist
     * @param target of the agent, exists and is empty
     */
    public TreeCopy(String source, Path target, LayerLimits limits) {
        this.source = source;
        this.target = target;
        this.limits = limits;
    }

    /** Why the tree was not taken: the fault of whoever made it. */
    public Optional<String> refusal() {
        return refusal;
    }

    /** Of what was taken, on disk. */
    public long bytes() {
        return bytes;
    }

    @Override
    public void take(DirectoryDescriptor work) throws IOException {
        try (NativeBuffer buffer = NativeBuffer.ofSize(BUFFER_BYTES);
                DirectoryDescriptor to = DirectoryDescriptor.ofHost(target)) {
            to.descriptor().setMode(DIRECTORY);
            try (DirectoryDescriptor from = openSource(work)) {
                copyAll(from, to, buffer);
            } catch (TreeRefusedException refused) {
                refusal = Optional.of(refused.sentence());
            } catch (AbsentException absent) {
                return;
            }
        }
    }

    /** Nothing was made. */
    private static final class AbsentException extends IOException {}

    private DirectoryDescriptor openSource(DirectoryDescriptor work) throws IOException {
        try {
            return work.openDirectory(source);
        } catch (LinuxException e) {
            if (e.errno() == LinuxException.ENOENT) {
                throw new AbsentException();
            }
            throw unreadable();
        }
    }

    /** Calls itself through {@link #enter}, as deep as the limit allows. */
    private void copyAll(DirectoryDescriptor from, DirectoryDescriptor to, NativeBuffer buffer) throws IOException {
        try (DirectoryListing listing = new DirectoryListing(from)) {
            while (listing.next()) {
                DirectoryListing.Entry entry = listing.entry();
                path.add(nameOf(entry));
                if (++names > limits.names()) {
                    throw new TreeRefusedException("it is more than " + limits.names() + " files and directories");
                }
                count(BLOCK_BYTES); // its own, and what its content leaves of the last
                copy(entry.kind(), from, to, buffer);
                path.remove(path.size() - 1);
            }
        }
    }

    private String nameOf(DirectoryListing.Entry entry) throws TreeRefusedException {
        Optional<String> name = GuestName.decode(entry.name());
        if (name.isEmpty()) {
            throw new TreeRefusedException("the name '" + GuestName.show(entry.name()) + "' is not UTF-8");
        }
        Optional<String> fault = GuestName.fault(name.get());
        if (fault.isPresent()) {
            throw new TreeRefusedException(List.of(name.get()), fault.get());
        }
        return name.get();
    }

    private void copy(FileKind kind, DirectoryDescriptor from, DirectoryDescriptor to, NativeBuffer buffer)
            throws IOException {
        String name = path.get(path.size() - 1);
        switch (kind) {
            case DIRECTORY -> enter(name, from, to, buffer);
            case REGULAR, UNKNOWN -> copyFile(name, from, to, buffer);
            case SYMBOLIC_LINK -> copyLink(name, from, to);
            case FIFO, SOCKET, DEVICE -> throw new TreeRefusedException(path, "is no file, directory or link");
        }
    }

    private void enter(String name, DirectoryDescriptor from, DirectoryDescriptor to, NativeBuffer buffer)
            throws IOException {
        if (path.size() > limits.depth()) {
            throw new TreeRefusedException(path, "lies too deep");
        }
        to.makeDirectory(name);
        try (DirectoryDescriptor source = open(() -> from.openDirectory(name));
                DirectoryDescriptor copy = to.openDirectory(name)) {
            copy.descriptor().setMode(DIRECTORY);
            copyAll(source, copy, buffer);
        }
    }

    private void copyFile(String name, DirectoryDescriptor from, DirectoryDescriptor to, NativeBuffer buffer)
            throws IOException {
        try (Descriptor file = open(() -> from.openForReading(name))) {
            FileStatus status = FileStatus.of(file);
            if (status.kind() != FileKind.REGULAR) {
                throw new TreeRefusedException(path, "is no file, directory or link");
            }
            try (Descriptor copy = to.createFile(name, false)) {
                for (int read = file.read(buffer); read > 0; read = file.read(buffer)) {
                    count(read);
                    copy.writeAll(buffer, read);
                }
                copy.setMode((status.mode() & OWNER_EXECUTES) != 0 ? PROGRAM : FILE);
                copy.setTimes(InputTime.EPOCH_SECONDS);
            }
        }
    }

    private void copyLink(String name, DirectoryDescriptor from, DirectoryDescriptor to) throws IOException {
        Optional<String> said = GuestName.decode(from.readSymbolicLink(name));
        if (said.isEmpty() || !staysInside(said.get())) {
            throw new TreeRefusedException(
                    path, "is a link that leads out of the tree, or is written in a way that might");
        }
        to.makeSymbolicLink(name, said.get());
    }

    /** Up first and then down: ".." behind a name could stand for anything, if that is a link itself. */
    private boolean staysInside(String said) {
        int up = 0;
        boolean goesDown = false;
        for (String part : said.split("/", -1)) {
            if (part.equals("..")) {
                up++;
                if (goesDown) {
                    return false;
                }
            } else if (!part.isEmpty() && !part.equals(".")) {
                goesDown = true;
            }
            if (GuestName.fault(part).isPresent()) {
                return false;
            }
        }
        return !said.isEmpty() && !said.startsWith("/") && up < path.size();
    }

    private interface Opening<T> {
        T open() throws LinuxException;
    }

    private <T> T open(Opening<T> opening) throws IOException {
        try {
            return opening.open();
        } catch (LinuxException e) {
            throw unreadable();
        }
    }

    private TreeRefusedException unreadable() {
        return new TreeRefusedException(path.isEmpty() ? List.of(source) : path, "cannot be read by its owner");
    }

    private void count(long more) throws TreeRefusedException {
        bytes += more;
        if (bytes > limits.bytes()) {
            throw new TreeRefusedException("it is larger than the " + limits.bytes() + " bytes that one may have");
        }
    }
}
