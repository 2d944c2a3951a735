package io.sandrun.broker.store;

import io.sandrun.broker.Refusal;
import io.sandrun.protocol.ErrorCode;
import java.io.IOException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/**
 * Keeps files from taking what the disk has left for the database, without which nothing goes on. Thread-safe; asking
 * is one system call.
 */
public final class DiskRoom {
    private final FileStore disk;
    private final long freeBytesMin;

    /**
     * @param directory on the disk that is meant
     * @param freeBytesMin what it must have left for more to be taken
     */
    public DiskRoom(Path directory, long freeBytesMin) throws IOException {
        this.disk = Files.getFileStore(directory);
        this.freeBytesMin = freeBytesMin;
    }

    /**
     * Likewise where it is looked at rather than relied on.
     *
     * @throws StoreUnavailableException if there is no such directory
     */
    public static DiskRoom of(Path directory, long freeBytesMin) {
        try {
            return new DiskRoom(directory, freeBytesMin);
        } catch (IOException gone) {
            throw new StoreUnavailableException("The data directory cannot be looked at: " + gone.getMessage(), gone);
        }
    }

    /** @throws IOException if the disk does not tell */
    public long freeBytes() throws IOException {
        return disk.getUsableSpace();
    }

    /** Whether there is more left than must be. */
    public boolean isLeft() {
        try {
            return freeBytes() >= freeBytesMin;
        } catch (IOException untold) {
            return false;
        }
    }

    /**
     * @throws Refusal if the disk has less room left than it should have
     * @throws IOException if it does not tell
     */
    public void require() throws IOException {
        long freeBytes = freeBytes();
        if (freeBytes < freeBytesMin) {
            throw new Refusal(
                    ErrorCode.DISK_FULL,
                    "The broker's disk has too little room left to take files; try again when there is more.",
                    Map.of("free_bytes", freeBytes, "required_bytes", freeBytesMin));
        }
    }
}
