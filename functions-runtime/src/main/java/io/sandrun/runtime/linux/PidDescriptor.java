package io.sandrun.runtime.linux;

import com.sun.jna.Pointer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/** Signals by pidfd (pidfd_send_signal(2)), which can never reach another process that got the same number. */
public final class PidDescriptor {
    private static final long PIDFD_SEND_SIGNAL = 424;
    private static final long PIDFD_OPEN = 434;
    private static final int SIGKILL = 9;

    private PidDescriptor() {}

    /** A descriptor for a child of ours that is not reaped yet; it polls ready when the child has ended. */
    public static Descriptor open(int pid) throws LinuxException {
        return new Descriptor(LinuxException.check("pidfd_open", (int) LibC.syscall(PIDFD_OPEN, pid, 0L, 0L, 0L)));
    }

    /** The process's number as this process counts, or 0 when it is gone. */
    public static int number(Descriptor pidfd) {
        try (Stream<String> lines = Files.lines(Path.of("/proc/self/fdinfo", Integer.toString(pidfd.number())))) {
            return lines.filter(line -> line.startsWith("Pid:"))
                    .mapToInt(line ->
                            Integer.parseInt(line.substring("Pid:".length()).strip()))
                    .map(number -> Math.max(0, number))
                    .findFirst()
                    .orElse(0);
        } catch (IOException | UncheckedIOException e) {
            return 0;
        }
    }

    /** Sends SIGKILL; a process that is gone already, or a closed descriptor, is no error. */
    public static void kill(Descriptor pidfd) {
        LibC.syscall(PIDFD_SEND_SIGNAL, pidfd.number(), (long) SIGKILL, 0L, 0L);
    }

    /** Takes the exit status of a child that has ended, so that no zombie stays. Waits for one that has not. */
    public static void reap(int pid) {
        LibC.waitpid(pid, Pointer.NULL, 0);
    }
}
