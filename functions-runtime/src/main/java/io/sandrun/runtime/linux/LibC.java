package io.sandrun.runtime.linux;

import com.sun.jna.Library;
import com.sun.jna.Native;
import com.sun.jna.NativeLibrary;
import com.sun.jna.Pointer;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Declarations of the C library's functions, and nothing else: no policy, no error handling.
 *
 * <p>Each returns what its manual page says; errno is then {@link Native#getLastError()} of the same thread. The
 * variadic ones ({@code fcntl}, {@code syscall}) are declared with the fixed arguments we use: on the 64-bit
 * architectures that are supported these are passed in the same registers either way.
 */
final class LibC {
    static {
        // Paths are bytes to the kernel; the JVM's locale must not decide which.
        Native.register(LibC.class, NativeLibrary.getInstance("c", Map.of(Library.OPTION_STRING_ENCODING, "UTF-8")));
    }

    private LibC() {}

    static native int close(int descriptor);

    static native int fcntl(int descriptor, int command, int argument);

    static native long read(int descriptor, Pointer buffer, long bytes);

    static native long write(int descriptor, Pointer buffer, long bytes);

    static native int pipe2(Pointer twoDescriptors, int flags);

    static native int eventfd(int initial, int flags);

    static native int poll(Pointer pollDescriptors, long count, int timeoutMs);

    static native int socketpair(int domain, int type, int protocol, Pointer twoDescriptors);

    static native int socket(int domain, int type, int protocol);

    static native int accept4(int socket, @Nullable Pointer address, @Nullable Pointer addressBytes, int flags);

    static native int connect(int socket, Pointer address, int addressBytes);

    static native int shutdown(int socket, int how);

    static native int getsockopt(int socket, int level, int option, Pointer value, Pointer valueBytes);

    static native int setsockopt(int socket, int level, int option, Pointer value, int valueBytes);

    static native long sendmsg(int socket, Pointer header, int flags);

    static native long recvmsg(int socket, Pointer header, int flags);

    static native int memfd_create(String name, int flags);

    static native int mkdirat(int directory, String path, int mode);

    static native int linkat(int fromDirectory, String from, int toDirectory, String to, int flags);

    static native int symlinkat(String target, int directory, String path);

    static native long readlinkat(int directory, String path, Pointer buffer, long bytes);

    static native int fchmod(int descriptor, int mode);

    static native int syncfs(int descriptor);

    static native int futimens(int descriptor, Pointer accessAndChange);

    static native int statx(int directory, String path, int flags, int fields, Pointer result);

    static native long getdents64(int directory, Pointer buffer, long bytes);

    static native int setfsuid(int uid);

    static native int setfsgid(int gid);

    static native int prctl(int operation, long second, long third, long fourth, long fifth);

    static native int fstatfs(int descriptor, Pointer result);

    static native int waitpid(int pid, Pointer status, int options);

    static native int getuid();

    static native int getgid();

    static native int posix_spawn(
            Pointer pid, String path, Pointer fileActions, Pointer attributes, Pointer arguments, Pointer environment);

    static native int posix_spawn_file_actions_init(Pointer fileActions);

    static native int posix_spawn_file_actions_destroy(Pointer fileActions);

    static native int posix_spawn_file_actions_addopen(
            Pointer fileActions, int descriptor, String path, int flags, int mode);

    static native int posix_spawn_file_actions_adddup2(Pointer fileActions, int from, int to);

    static native int posix_spawnattr_init(Pointer attributes);

    static native int posix_spawnattr_destroy(Pointer attributes);

    static native int posix_spawnattr_setflags(Pointer attributes, short flags);

    static native int posix_spawnattr_setsigdefault(Pointer attributes, Pointer signals);

    static native int posix_spawnattr_setsigmask(Pointer attributes, Pointer signals);

    static native int sigemptyset(Pointer signals);

    static native int sigfillset(Pointer signals);

    static native String strerror(int error);

    static native long syscall(long number, long first, long second, long third, long fourth);

    static native long syscall(long number, long first, String second, Pointer third, long fourth);
}
