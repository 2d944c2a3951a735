package io.sandrun.broker;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.sandrun.broker.BrokerUnderTest.Reply;
import io.sandrun.broker.ScriptedNode.Job;
import io.sandrun.protocol.Limits;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.http.HttpRequest;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Clients that read slowly, or not at all, hold up no jobs. */
class SlowTransfersTest {
    private static final int PATIENCE_MS = 20_000;

    @TempDir
    private Path directory;

    private BrokerUnderTest broker;
    private ScriptedNode node;
    private final List<Socket> sockets = new ArrayList<>();

    @BeforeEach
    void start() {
        broker = BrokerUnderTest.start(directory);
        node = ScriptedNode.register(broker, "one", Map.of("features", List.of("files")));
    }

    @AfterEach
    void stop() throws IOException {
        for (Socket socket : sockets) {
            socket.close();
        }
        broker.close();
    }

    /** Sends a request and keeps the connection. */
    private Socket sent(String head) throws IOException {
        Socket socket = new Socket();
        sockets.add(socket);
        socket.setReceiveBufferSize(4096);
        socket.setSoTimeout(PATIENCE_MS);
        socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), broker.port()));
        socket.getOutputStream().write(head.getBytes(UTF_8));
        return socket;
    }

    private static String status(Socket socket) throws IOException {
        return new String(socket.getInputStream().readNBytes(12), UTF_8);
    }

    @Test
    void clients_that_read_slowly_do_not_keep_a_node_from_its_inputs() throws IOException {
        broker.submit(Map.of("code", "1", "outputs", List.of("*")));
        Job leaves = node.claimOne();
        byte[] large = new byte[16 << 20];
        assertThat(new FilesOfNode(node, leaves)
                        .with("large.bin", large)
                        .report()
                        .status())
                .isEqualTo(200);
        byte[] program = "print(1)".getBytes(UTF_8);
        assertThat(new UploadForm().file("main.py", program).submit(broker).status())
                .isEqualTo(200);
        Job begins = node.claimOne();
        int served = 0;
        for (int client = 0; client < Limits.TRANSFERS; client++) {
            String status =
                    status(sent("GET /outputs/" + leaves.id() + "/large.bin HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"));
            served += status.equals("HTTP/1.1 200") ? 1 : 0;
        }
        assertThat(served).isEqualTo(Limits.DOWNLOADS);
        Reply input = node.send(
                FilesOfNode.artifact(FilesOfNode.sha256(program), begins.leaseId()), HttpRequest.Builder::GET);
        assertThat(input.status()).isEqualTo(200);
        assertThat(input.raw().body()).isEqualTo("print(1)");
    }
}
