package io.sandrun.runtime.archive;

import io.sandrun.runtime.name.GuestName;
import java.io.IOException;

/**
 * An archive, or a file beside it, that is not taken. The message is a sentence for whoever made it and names the
 * entry, escaped.
 */
public final class ArchiveRefusedException extends IOException {
    /** What is wrong with an archive. */
    public enum Fault {
        /** Neither tar, tar.gz, tar.zst nor zip. */
        UNKNOWN_FORMAT,
        /** Compressed more than once. */
        COMPRESSED_TWICE,
        /** A part of the format that few use and that is not read here. */
        UNSUPPORTED,
        ENCRYPTED,
        DAMAGED,
        TRUNCATED,
        TRAILING_BYTES,
        /** Two places of a zip tell different things of one entry. */
        INCONSISTENT,
        /** The archive as it comes, or all that it contains. */
        TOO_LARGE,
        ENTRY_TOO_LARGE,
        TOO_MANY_ENTRIES,
        EXPANDS_TOO_MUCH,
        HEADER_TOO_LARGE,
        NAME_TOO_LONG,
        TOO_DEEP,
        /** Not UTF-8, or with characters that a name shall not have. */
        BAD_NAME,
        ABSOLUTE_PATH,
        /** A path that goes up. */
        TRAVERSAL,
        DUPLICATE,
        /** Differs from another name by case or by Unicode normalisation alone. */
        LOOKALIKE,
        /** Lies below what is no directory, a link for example. */
        BELOW_NO_DIRECTORY,
        LINK_LEAVES,
        HARD_LINK_TO_NOTHING,
        /** A device, fifo or socket. */
        SPECIAL_FILE,
        SPARSE,
        /** The disk of the sandbox is full. */
        DOES_NOT_FIT
    }

    private final Fault fault;

    private ArchiveRefusedException(Fault fault, String sentence) {
        super(sentence);
        this.fault = fault;
    }

    /** @param why goes on after "The archive", without a full stop */
    static ArchiveRefusedException archive(Fault fault, String why) {
        return new ArchiveRefusedException(fault, "The archive " + why + ".");
    }

    /**
     * Of one entry.
     *
     * @param name unescaped, as far as it could be read
     * @param why goes on after the name, without a full stop
     */
    public static ArchiveRefusedException entry(Fault fault, String name, String why) {
        return new ArchiveRefusedException(fault, "The archive's entry '" + GuestName.show(name) + "' " + why + ".");
    }

    static ArchiveRefusedException entry(Fault fault, byte[] name, String why) {
        return new ArchiveRefusedException(fault, "The archive's entry '" + GuestName.show(name) + "' " + why + ".");
    }

    /** Likewise of a file that is in no archive, and goes into the same tree. */
    static ArchiveRefusedException file(Fault fault, String name, String why) {
        return new ArchiveRefusedException(fault, "The file '" + GuestName.show(name) + "' " + why + ".");
    }

    public Fault fault() {
        return fault;
    }
}
