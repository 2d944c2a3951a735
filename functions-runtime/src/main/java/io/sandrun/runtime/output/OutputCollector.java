package io.sandrun.runtime.output;

import io.sandrun.runtime.linux.Descriptor;
import io.sandrun.runtime.linux.DirectoryDescriptor;
import io.sandrun.runtime.linux.DirectoryListing;
import io.sandrun.runtime.linux.FileKind;
import io.sandrun.runtime.linux.FileStatus;
import io.sandrun.runtime.linux.LinuxException;
import io.sandrun.runtime.name.GuestName;
import io.sandrun.runtime.output.LeftOut.Reason;
import io.sandrun.runtime.pattern.OutputPatterns;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * Goes through /work after everything of the job is gone and takes what is wanted. One thread, used once.
 *
 * <p>Nothing of the tree is believed: each directory and file is opened by its bare name in the directory above,
 * through no link, waiting for nothing; what it is, is asked of the open file; its length is what was read. The tree
 * may be a million names wide or thousands of directories deep: names, depth and time are bounded, and so is what is
 * remembered.
 */
public final class OutputCollector {
    /** As much as a path may have below /work. */
    private static final int PATH_BYTES = 4089;

    /** What Python puts beside the sources that it imports: made by the job, and nobody's result unless asked for. */
    private static final String BYTECODE_DIRECTORY = "__pycache__";

    private final OutputPatterns patterns;
    private final OutputLimits limits;
    private final Instant started;
    private final Deadline deadline;
    private final FileIntake intake;
    private final LeftOutList leftOut = new LeftOutList();
    private final List<String> path = new ArrayList<>();
    private int names;

    /** When to stop, whatever is left: looked at again and again. */
    public interface Deadline {
        boolean isOver();
    }

    /**
     * The time that is allowed begins now.
     *
     * @param started when the job began to run, after its inputs were written
     * @param cancelled ends it early
     */
    public OutputCollector(OutputRequest request, Instant started, Deadline cancelled) {
        this.patterns = OutputPatterns.parse(request.patterns());
        this.limits = request.limits();
        this.started = started;
        long endNanos = System.nanoTime() + limits.time().toNanos();
        this.deadline = () -> System.nanoTime() - endNanos > 0 || cancelled.isOver();
        this.intake = new FileIntake(request.artifacts(), limits, deadline);
    }

    /**
     * Takes what is wanted.
     *
     * @throws IOException when the sink failed, or the tree in a way that no guest can bring about
     */
    public Outputs collect(DirectoryDescriptor work) throws IOException {
        try {
            goThrough(work);
        } finally {
            intake.close();
        }
        List<OutputFile> files = new ArrayList<>(intake.taken());
        files.sort(Comparator.comparing(OutputFile::path));
        return new Outputs(files, leftOut.listed(), leftOut.count());
    }

    /** Calls itself through {@link #enter}, as deep as the limit allows. */
    private void goThrough(DirectoryDescriptor directory) throws IOException {
        for (DirectoryListing.Entry entry : list(directory)) {
            if (deadline.isOver()) {
                leaveOut(entry.name(), Reason.TIME_OVER);
                return;
            }
            Optional<String> name = GuestName.decode(entry.name())
                    .filter(text -> GuestName.fault(text).isEmpty());
            if (name.isEmpty()) {
                leaveOut(entry.name(), Reason.BAD_NAME);
                continue;
            }
            path.add(name.get());
            if (String.join("/", path).getBytes(StandardCharsets.UTF_8).length > PATH_BYTES) {
                leaveOut(Reason.NAME_TOO_LONG);
            } else {
                look(directory, name.get(), entry.kind());
            }
            path.remove(path.size() - 1);
        }
    }

    /** All names of one directory, as far as they may be looked at, in an order that is the same every time. */
    private List<DirectoryListing.Entry> list(DirectoryDescriptor directory) throws IOException {
        List<DirectoryListing.Entry> entries = new ArrayList<>();
        try (DirectoryListing listing = new DirectoryListing(directory)) {
            while (listing.next()) {
                if (names == limits.names() || deadline.isOver()) {
                    leaveOut(names == limits.names() ? Reason.TOO_MANY_NAMES : Reason.TIME_OVER);
                    break;
                }
                names++;
                entries.add(listing.entry());
            }
        }
        entries.sort((one, other) -> Arrays.compareUnsigned(one.name(), other.name()));
        return entries;
    }

    private void look(DirectoryDescriptor directory, String name, FileKind kind) throws IOException {
        try {
            switch (kind) {
                case DIRECTORY -> enter(directory, name);
                case REGULAR, UNKNOWN -> {
                    if (patterns.want(path)) {
                        take(directory, name);
                    }
                }
                default -> refuse(directory, name, kind);
            }
        } catch (LinuxException e) {
            leaveOut(reason(e));
        }
    }

    private void enter(DirectoryDescriptor parent, String name) throws IOException {
        boolean isBytecode = patterns.wantOnlyChanged() && name.equals(BYTECODE_DIRECTORY);
        if (isBytecode || !patterns.wantFrom(path)) {
            return;
        }
        if (path.size() > limits.depth()) {
            leaveOut(Reason.TOO_DEEP);
            return;
        }
        try (DirectoryDescriptor directory = parent.openDirectory(name)) {
            goThrough(directory);
        }
    }

    private void take(DirectoryDescriptor directory, String name) throws IOException {
        try (Descriptor file = directory.openForReading(name)) {
            FileStatus status = FileStatus.of(file);
            if (status.kind() != FileKind.REGULAR) {
                leaveOut(reason(status.kind()));
            } else if (!isUntouched(status)) {
                Optional<Reason> refused = status.links() == 1
                        ? intake.take(String.join("/", path), file, status)
                        : Optional.of(Reason.HARD_LINK);
                refused.ifPresent(this::leaveOut);
            }
        }
    }

    /** What is no file and no directory, if it would be missed. */
    private void refuse(DirectoryDescriptor directory, String name, FileKind kind) throws LinuxException {
        boolean isMissed = patterns.want(path) || patterns.expectDirectory(path);
        if (isMissed && !isUntouched(FileStatus.ofName(directory, name))) {
            leaveOut(reason(kind));
        }
    }

    private boolean isUntouched(FileStatus status) {
        return patterns.wantOnlyChanged() && InputTime.isUntouched(status, started);
    }

    private void leaveOut(Reason reason) {
        leftOut.add(path.isEmpty() ? "." : GuestName.show(String.join("/", path)), reason);
    }

    private void leaveOut(byte[] name, Reason reason) {
        String parent = path.isEmpty() ? "" : GuestName.show(String.join("/", path)) + "/";
        leftOut.add(parent + GuestName.show(name), reason);
    }

    private static Reason reason(FileKind kind) {
        return switch (kind) {
            case SYMBOLIC_LINK -> Reason.SYMBOLIC_LINK;
            case FIFO -> Reason.FIFO;
            case SOCKET -> Reason.SOCKET;
            case DEVICE -> Reason.DEVICE;
            case REGULAR, DIRECTORY, UNKNOWN -> Reason.UNREADABLE;
        };
    }

    private static Reason reason(LinuxException e) {
        return switch (e.errno()) {
            case LinuxException.ELOOP -> Reason.SYMBOLIC_LINK;
            case LinuxException.ENXIO -> Reason.SOCKET;
            default -> Reason.UNREADABLE;
        };
    }
}
