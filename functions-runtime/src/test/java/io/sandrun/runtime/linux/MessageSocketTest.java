package io.sandrun.runtime.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.jna.Memory;
import com.sun.jna.Pointer;
import org.junit.jupiter.api.Test;

class MessageSocketTest {
    private static final int HEADER_BYTES = 56;
    private static final int VECTOR_BYTES = 16;
    private static final int SOL_SOCKET = 1;
    private static final int SCM_RIGHTS = 1;

    /** One more than there is room for, so that the kernel cuts as it does when the process may have no more open. */
    private static final int TOO_MANY = 5;

    @Test
    void a_datagram_whose_descriptors_could_not_all_be_taken_is_refused() throws Exception {
        MessageSocket.Pair pair = MessageSocket.pair();
        try (MessageSocket ours = pair.ours();
                Descriptor theirs = pair.theirs()) {
            send(theirs, TOO_MANY);
            assertThatThrownBy(ours::receive)
                    .isInstanceOfSatisfying(
                            LinuxException.class, e -> assertThat(e.errno()).isEqualTo(LinuxException.EMFILE));
            send(theirs, 1);
            MessageSocket.Message whole = ours.receive();
            assertThat(whole).isNotNull();
            assertThat(whole.descriptors()).hasSize(1);
            whole.descriptors().forEach(Descriptor::close);
        }
    }

    /** One byte and the socket itself, as often as told; the layout is that of struct msghdr, iovec and cmsghdr. */
    private static void send(Descriptor socket, int descriptors) {
        int controlBytes = 16 + descriptors * Integer.BYTES;
        try (Memory frame = new Memory(HEADER_BYTES + VECTOR_BYTES + 16 + (TOO_MANY + 1L) * Integer.BYTES)) {
            frame.clear();
            Pointer vector = frame.share(HEADER_BYTES);
            Pointer control = frame.share(HEADER_BYTES + VECTOR_BYTES);
            frame.setPointer(16, vector);
            frame.setLong(24, 1);
            frame.setPointer(32, control);
            frame.setLong(40, controlBytes);
            vector.setPointer(0, frame);
            vector.setLong(8, 1);
            control.setLong(0, controlBytes);
            control.setInt(8, SOL_SOCKET);
            control.setInt(12, SCM_RIGHTS);
            for (int i = 0; i < descriptors; i++) {
                control.setInt(16 + (long) i * Integer.BYTES, socket.number());
            }
            assertThat(LibC.sendmsg(socket.number(), frame, 0)).isEqualTo(1);
        }
    }
}
