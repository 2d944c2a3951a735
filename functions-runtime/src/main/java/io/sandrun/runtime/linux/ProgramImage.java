package io.sandrun.runtime.linux;

import com.sun.jna.Memory;
import com.sun.jna.Native;
import com.sun.jna.Pointer;
import java.nio.file.Path;

/**
 * A program held in sealed anonymous memory (memfd_create(2)): no file on disk that anyone could replace, no place that
 * must allow execution. Thread-safe after it is made.
 */
public final class ProgramImage implements AutoCloseable {
    private static final int MFD_CLOEXEC = 1;
    private static final int MFD_ALLOW_SEALING = 2;
    private static final int MFD_EXEC = 0x10;
    private static final int F_ADD_SEALS = 1033;
    private static final int ALL_SEALS = 0xf;

    /** Larger than glibc's and musl's posix_spawn_file_actions_t, posix_spawnattr_t and sigset_t on 64-bit machines. */
    private static final int OPAQUE_BYTES = 1024;

    private static final short POSIX_SPAWN_SETSIGDEF = 4;
    private static final short POSIX_SPAWN_SETSIGMASK = 8;
    private static final int O_RDWR = 2;
    private static final int STANDARD_STREAMS = 3;

    private final Descriptor image;

    private ProgramImage(Descriptor image) {
        this.image = image;
    }

    public static ProgramImage of(String name, byte[] program) throws LinuxException {
        int number = LibC.memfd_create(name, MFD_CLOEXEC | MFD_ALLOW_SEALING | MFD_EXEC);
        if (number < 0 && Native.getLastError() == LinuxException.EINVAL) {
            number = LibC.memfd_create(name, MFD_CLOEXEC | MFD_ALLOW_SEALING); // kernels before 6.3
        }
        Descriptor image = new Descriptor(LinuxException.check("memfd_create", number));
        try (NativeBuffer content = NativeBuffer.holding(program)) {
            long written = 0;
            while (written < program.length) {
                written += image.write(content, written, program.length - written);
            }
            LinuxException.check("fcntl(F_ADD_SEALS)", LibC.fcntl(number, F_ADD_SEALS, ALL_SEALS));
            return new ProgramImage(image);
        } catch (LinuxException e) {
            image.close();
            throw e;
        }
    }

    /** Where other processes of this user find the program, for as long as this one has it open. */
    public Path path() {
        return Path.of("/proc", Long.toString(ProcessHandle.current().pid()), "fd", Integer.toString(image.number()));
    }

    /**
     * Starts the program with one argument, an empty environment, no inherited signal state, /dev/null as standard
     * streams and {@code control} as descriptor 3.
     *
     * <p>posix_spawn shares the JVM's memory until the exec, so it costs the same however large the heap is.
     *
     * @return the child's process id; the caller must {@link PidDescriptor#reap} it
     */
    public int start(String argument, Descriptor control) throws LinuxException {
        try (Memory actions = new Memory(OPAQUE_BYTES);
                Memory attributes = new Memory(OPAQUE_BYTES);
                Memory signals = new Memory(OPAQUE_BYTES);
                Memory text = new Memory(argument.length() + 1L);
                Memory vector = new Memory(3L * Native.POINTER_SIZE);
                Memory pid = new Memory(Integer.BYTES)) {
            LibC.posix_spawn_file_actions_init(actions);
            LibC.posix_spawnattr_init(attributes);
            try {
                for (int stream = 0; stream < STANDARD_STREAMS; stream++) {
                    LibC.posix_spawn_file_actions_addopen(actions, stream, "/dev/null", O_RDWR, 0);
                }
                LibC.posix_spawn_file_actions_adddup2(actions, control.number(), STANDARD_STREAMS);
                LibC.sigfillset(signals);
                LibC.posix_spawnattr_setsigdefault(attributes, signals);
                LibC.sigemptyset(signals);
                LibC.posix_spawnattr_setsigmask(attributes, signals);
                LibC.posix_spawnattr_setflags(attributes, (short) (POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK));
                text.setString(0, argument);
                vector.setPointer(0, text);
                vector.setPointer(Native.POINTER_SIZE, text);
                vector.setPointer(2L * Native.POINTER_SIZE, Pointer.NULL);
                Pointer noEnvironment = vector.share(2L * Native.POINTER_SIZE);
                String path = "/proc/self/fd/" + image.number();
                int error = LibC.posix_spawn(pid, path, actions, attributes, vector, noEnvironment);
                if (error != 0) {
                    throw new LinuxException("posix_spawn", error);
                }
                return pid.getInt(0);
            } finally {
                LibC.posix_spawn_file_actions_destroy(actions);
                LibC.posix_spawnattr_destroy(attributes);
            }
        }
    }

    @Override
    public void close() {
        image.close();
    }
}
