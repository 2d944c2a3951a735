package io.sandrun.runtime.attack;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.Socket;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A canary that notices nothing would make every attack look held. */
class WitnessTest {
    @Test
    void nothing_is_told_while_nothing_happens(@TempDir Path directory) throws Exception {
        try (Canaries canaries = Canaries.plant(AttackProgram.bytes(), directory)) {
            assertThat(canaries.touches()).isEmpty();
            assertThat(canaries.touches()).isEmpty();
        }
        assertThat(directory).isEmptyDirectory();
    }

    @Test
    void every_touch_is_told_once(@TempDir Path directory) throws Exception {
        try (Canaries canaries = Canaries.plant(AttackProgram.bytes(), directory)) {
            Map<String, String> places = canaries.places();
            new Socket(InetAddress.getLoopbackAddress(), Integer.parseInt(places.get("port"))).close();
            assertThat(canaries.touches()).containsExactly("touched: tcp");
            try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
                channel.connect(UnixDomainSocketAddress.of(places.get("socket")));
            }
            assertThat(canaries.touches()).containsExactly("touched: named socket");
            new ProcessBuilder("/bin/kill", "-CONT", places.get("pid")).start().waitFor();
            assertThat(canaries.touches()).containsExactly("touched: signal");
            assertThat(canaries.touches()).isEmpty();
        }
    }

    @Test
    void a_changed_file_and_a_killed_process_are_told(@TempDir Path directory) throws Exception {
        try (Canaries canaries = Canaries.plant(AttackProgram.bytes(), directory)) {
            Map<String, String> places = canaries.places();
            Files.createFile(Path.of(places.get("planted")));
            assertThat(canaries.touches()).containsExactly("made: " + places.get("planted"));
            Files.writeString(Path.of(places.get("file")), "changed");
            assertThat(canaries.touches()).containsExactly("touched: " + places.get("file"));
            ProcessHandle process =
                    ProcessHandle.of(Long.parseLong(places.get("pid"))).orElseThrow();
            process.destroyForcibly();
            process.onExit().get();
            assertThat(canaries.touches()).contains("the canary process is gone");
        }
    }
}
