package io.sandrun.runtime.linux;

import com.sun.jna.Memory;
import com.sun.jna.Native;
import com.sun.jna.Pointer;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One end of an AF_UNIX SOCK_SEQPACKET pair: datagrams that arrive whole and in order, with descriptors (unix(7),
 * cmsg(3)). One thread at a time.
 */
public final class MessageSocket implements AutoCloseable {
    /** A datagram in native byte order, and the descriptors that came with it: the receiver closes them. */
    public record Message(ByteBuffer bytes, List<Descriptor> descriptors) {}

    /** Two connected ends. */
    public record Pair(MessageSocket ours, Descriptor theirs) {}

    private static final int AF_UNIX = 1;
    private static final int SOCK_SEQPACKET = 5;
    private static final int SOCK_CLOEXEC = 0x80000;
    private static final int SOL_SOCKET = 1;
    private static final int SO_SNDBUF = 7;
    private static final int SCM_RIGHTS = 1;
    private static final int MSG_NOSIGNAL = 0x4000;
    private static final int MSG_CMSG_CLOEXEC = 0x40000000;
    private static final int MSG_DONTWAIT = 0x40;
    private static final int MSG_CTRUNC = 0x8;
    /** Two full messages; what the kernel grants by default is enough for one, should it refuse this. */
    private static final int SEND_BUFFER_BYTES = 512 * 1024;

    private static final int RECEIVED_BYTES = 4096;
    private static final int DESCRIPTORS = 3;
    private static final int CONTROL_HEADER_BYTES = 16;
    private static final int CONTROL_BYTES = CONTROL_HEADER_BYTES + 16;
    private static final int HEADER_BYTES = 56;
    /** Of what recvmsg tells in struct msghdr. */
    private static final int FLAGS_AT = 48;

    private static final int VECTOR_BYTES = 16;

    private final Descriptor descriptor;

    private MessageSocket(Descriptor descriptor) {
        this.descriptor = descriptor;
    }

    public static Pair pair() throws LinuxException {
        try (Memory ends = new Memory(2 * Integer.BYTES)) {
            LinuxException.check("socketpair", LibC.socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends));
            MessageSocket ours = new MessageSocket(new Descriptor(ends.getInt(0)));
            ends.setInt(0, SEND_BUFFER_BYTES);
            LibC.setsockopt(ours.descriptor.number(), SOL_SOCKET, SO_SNDBUF, ends, Integer.BYTES);
            return new Pair(ours, new Descriptor(ends.getInt(Integer.BYTES)));
        }
    }

    public Descriptor descriptor() {
        return descriptor;
    }

    /**
     * Sends one datagram. The descriptors stay open here as well.
     *
     * @throws LinuxException also when the other end is gone (EPIPE)
     */
    public void send(byte[] bytes, Descriptor... descriptors) throws LinuxException {
        try (Memory frame = new Memory((long) HEADER_BYTES + VECTOR_BYTES + CONTROL_BYTES + bytes.length)) {
            Pointer content = frame.share(HEADER_BYTES + VECTOR_BYTES + CONTROL_BYTES);
            content.write(0, bytes, 0, bytes.length);
            fillHeader(frame, content, bytes.length, descriptors.length == 0 ? 0 : controlBytes(descriptors.length));
            Pointer control = frame.share(HEADER_BYTES + VECTOR_BYTES);
            control.setLong(0, CONTROL_HEADER_BYTES + (long) descriptors.length * Integer.BYTES);
            control.setInt(8, SOL_SOCKET);
            control.setInt(12, SCM_RIGHTS);
            for (int i = 0; i < descriptors.length; i++) {
                control.setInt(CONTROL_HEADER_BYTES + (long) i * Integer.BYTES, descriptors[i].number());
            }
            while (LibC.sendmsg(descriptor.number(), frame, MSG_NOSIGNAL) < 0) {
                int errno = Native.getLastError();
                if (errno != LinuxException.EINTR) {
                    throw new LinuxException("sendmsg", errno);
                }
            }
        }
    }

    /**
     * Takes one datagram, without waiting.
     *
     * @return null when none is there yet
     * @throws IOException at end of file, that is when the other end is gone; and when not all descriptors of the
     *     datagram could be taken, mostly since this process has as many as it may: those that were are closed
     */
    public @Nullable Message receive() throws IOException {
        try (Memory frame = new Memory(HEADER_BYTES + VECTOR_BYTES + CONTROL_BYTES + RECEIVED_BYTES)) {
            Pointer content = frame.share(HEADER_BYTES + VECTOR_BYTES + CONTROL_BYTES);
            fillHeader(frame, content, RECEIVED_BYTES, CONTROL_BYTES);
            long count = LibC.recvmsg(descriptor.number(), frame, MSG_CMSG_CLOEXEC | MSG_DONTWAIT);
            if (count < 0) {
                int errno = Native.getLastError();
                if (errno == LinuxException.EAGAIN || errno == LinuxException.EINTR) {
                    return null;
                }
                throw new LinuxException("recvmsg", errno);
            }
            if (count == 0) {
                throw new IOException("the other end is gone");
            }
            ByteBuffer bytes =
                    ByteBuffer.wrap(content.getByteArray(0, (int) count)).order(ByteOrder.nativeOrder());
            List<Descriptor> descriptors = takeDescriptors(frame);
            if ((frame.getInt(FLAGS_AT) & MSG_CTRUNC) != 0) {
                descriptors.forEach(Descriptor::close);
                throw new LinuxException("recvmsg", LinuxException.EMFILE);
            }
            return new Message(bytes, descriptors);
        }
    }

    /** Lays out struct msghdr and struct iovec of the 64-bit ABIs. */
    private static void fillHeader(Memory frame, Pointer content, long contentBytes, long controlBytes) {
        Pointer vector = frame.share(HEADER_BYTES);
        frame.clear(HEADER_BYTES);
        frame.setPointer(16, vector);
        frame.setLong(24, 1);
        if (controlBytes > 0) {
            frame.setPointer(32, frame.share(HEADER_BYTES + VECTOR_BYTES));
            frame.setLong(40, controlBytes);
        }
        vector.setPointer(0, content);
        vector.setLong(8, contentBytes);
    }

    private static long controlBytes(int descriptors) {
        if (descriptors > DESCRIPTORS) {
            throw new IllegalArgumentException("more than " + DESCRIPTORS + " descriptors in one message");
        }
        long payload = (long) descriptors * Integer.BYTES;
        return CONTROL_HEADER_BYTES + (payload + 7) / 8 * 8;
    }

    private static List<Descriptor> takeDescriptors(Memory frame) {
        List<Descriptor> taken = new ArrayList<>();
        if (frame.getLong(40) >= CONTROL_HEADER_BYTES) {
            Pointer control = frame.share(HEADER_BYTES + VECTOR_BYTES);
            long count = (control.getLong(0) - CONTROL_HEADER_BYTES) / Integer.BYTES;
            for (long i = 0; i < count; i++) {
                taken.add(new Descriptor(control.getInt(CONTROL_HEADER_BYTES + i * Integer.BYTES)));
            }
        }
        return taken;
    }

    @Override
    public void close() {
        descriptor.close();
    }
}
