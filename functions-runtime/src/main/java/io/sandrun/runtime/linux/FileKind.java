package io.sandrun.runtime.linux;

/** The kinds of file that the kernel tells apart. */
public enum FileKind {
    REGULAR,
    DIRECTORY,
    SYMBOLIC_LINK,
    FIFO,
    SOCKET,
    DEVICE,
    /** A file system that does not tell in its listings. */
    UNKNOWN;

    /** The number that stands in a mode above the permissions, and in a directory's listing. */
    static FileKind of(int type) {
        return switch (type) {
            case 1 -> FIFO;
            case 2, 6 -> DEVICE;
            case 4 -> DIRECTORY;
            case 8 -> REGULAR;
            case 10 -> SYMBOLIC_LINK;
            case 12 -> SOCKET;
            default -> UNKNOWN;
        };
    }
}
