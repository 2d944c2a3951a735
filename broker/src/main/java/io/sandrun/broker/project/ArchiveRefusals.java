package io.sandrun.broker.project;

import io.sandrun.broker.Refusal;
import io.sandrun.protocol.ErrorCode;
import io.sandrun.runtime.archive.ArchiveRefusedException;
import io.sandrun.runtime.archive.ArchiveRefusedException.Fault;
import java.util.Locale;
import java.util.Map;

/** Tells a client why its archive is not taken, and what to do about it. */
final class ArchiveRefusals {
    private ArchiveRefusals() {}

    /** @param shown what the file is called */
    static Refusal of(ArchiveRefusedException refused, String shown) {
        return new Refusal(
                ErrorCode.INVALID_ARCHIVE,
                refused.getMessage() + " " + advice(refused.fault()),
                Map.of(
                        "field",
                        Upload.FILES,
                        "file",
                        shown,
                        "fault",
                        refused.fault().name().toLowerCase(Locale.ROOT)));
    }

    private static String advice(Fault fault) {
        return switch (fault) {
            case UNKNOWN_FORMAT ->
                "Send a tar, tar.gz, tar.zst or zip, or give the file a name with another ending if it is none.";
            case COMPRESSED_TWICE -> "Compress it once.";
            case UNSUPPORTED, SPARSE -> "Pack it with plain tar or zip.";
            case ENCRYPTED -> "Pack it without a password.";
            case DAMAGED, TRUNCATED, TRAILING_BYTES, INCONSISTENT -> "Pack it again and send it again.";
            case TOO_LARGE, ENTRY_TOO_LARGE, TOO_MANY_ENTRIES, EXPANDS_TOO_MUCH, DOES_NOT_FIT ->
                "Leave out what the program does not read.";
            case HEADER_TOO_LARGE, NAME_TOO_LONG, TOO_DEEP, BAD_NAME -> "Rename it.";
            case ABSOLUTE_PATH, TRAVERSAL -> "Give its path inside the project, as in src/main.py.";
            case DUPLICATE, LOOKALIKE -> "Send it once.";
            case BELOW_NO_DIRECTORY, LINK_LEAVES, HARD_LINK_TO_NOTHING -> "Pack files in place of links.";
            case SPECIAL_FILE -> "Leave it out.";
        };
    }
}
