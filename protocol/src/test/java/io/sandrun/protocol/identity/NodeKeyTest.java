package io.sandrun.protocol.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Base64;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NodeKeyTest {
    @TempDir
    Path directory;

    @Test
    void a_saved_key_is_the_same_key_when_it_is_loaded() throws IOException {
        Path file = directory.resolve("new/node.pem");
        NodeKey made = NodeKey.loadOrCreate(file);
        NodeKey loaded = NodeKey.load(file);

        assertThat(loaded.workerId()).isEqualTo(made.workerId());
        byte[] message = "result".getBytes(StandardCharsets.UTF_8);
        assertThat(loaded.sign(message)).isEqualTo(made.sign(message)).hasSize(64);
        assertThat(Base64.getDecoder().decode(made.workerId())).hasSize(32);
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-------");
    }

    /** The first test vector of RFC 8032, section 7.1, as PKCS#8 of RFC 8410. */
    @Test
    void the_public_half_is_derived_as_rfc_8032_says() throws IOException {
        byte[] pkcs8 = HexFormat.of()
                .parseHex("302e020100300506032b657004220420"
                        + "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60");
        Path file = directory.resolve("rfc.pem");
        write(file, """
                -----BEGIN PRIVATE KEY-----
                %s
                -----END PRIVATE KEY-----
                """.formatted(Base64.getEncoder().encodeToString(pkcs8)));

        NodeKey key = NodeKey.load(file);

        assertThat(HexFormat.of().formatHex(Base64.getDecoder().decode(key.workerId())))
                .isEqualTo("d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a");
        assertThat(HexFormat.of().formatHex(key.sign(new byte[0])))
                .startsWith("e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e06522490155");
    }

    @Test
    void a_key_file_is_never_overwritten() throws IOException {
        Path file = directory.resolve("node.pem");
        NodeKey.generate().save(file);
        assertThatThrownBy(() -> NodeKey.generate().save(file)).isInstanceOf(FileAlreadyExistsException.class);
    }

    @Test
    void what_is_no_key_is_refused_with_the_files_name() throws IOException {
        for (String content : new String[] {
            "", "hello", "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n", "x".repeat(10_000)
        }) {
            Path file = directory.resolve("broken.pem");
            write(file, content);
            assertThatThrownBy(() -> NodeKey.load(file))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("broken.pem");
        }
    }

    private static void write(Path file, String content) throws IOException {
        Files.writeString(file, content);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
    }

    @Test
    void a_key_that_is_open_to_others_is_refused_with_what_to_do() throws IOException {
        Path file = directory.resolve("open.pem");
        NodeKey.generate().save(file);
        for (String mode : new String[] {"rw-r-----", "rw----r--", "rw--w----", "rwx------"}) {
            Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(mode));
            assertThatThrownBy(() -> NodeKey.loadOrCreate(file))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("chmod 600 " + file);
        }
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("r--------"));
        assertThat(NodeKey.loadOrCreate(file).workerId()).isNotEmpty();
    }

    @Test
    void a_key_of_another_user_is_refused_with_what_to_do() throws IOException {
        Path file = directory.resolve("others.pem");
        NodeKey.generate().save(file);
        try {
            Files.setAttribute(file, "unix:uid", 12_345);
        } catch (IOException notRoot) {
            assumeTrue(false, "only root can give a file away");
        }
        assertThatThrownBy(() -> NodeKey.load(file))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("12345")
                .hasMessageContaining("chown");
    }

    @Test
    void a_directory_or_nothing_is_no_key() {
        assertThatThrownBy(() -> NodeKey.loadOrCreate(directory)).hasMessageContaining("is not a file");
        assertThatThrownBy(() -> NodeKey.load(directory.resolve("absent"))).hasMessageContaining("does not exist");
    }
}
