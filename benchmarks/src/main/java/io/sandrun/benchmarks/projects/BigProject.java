package io.sandrun.benchmarks.projects;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Random;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.apache.commons.compress.compressors.gzip.GzipCompressorInputStream;
import org.apache.commons.compress.compressors.gzip.GzipCompressorOutputStream;
import org.apache.commons.compress.compressors.gzip.GzipParameters;

/**
 * A project with one large file of random bytes, and a program that says the digest of that file and then inverts its
 * bytes: the output is as large and made of every byte of the input.
 *
 * @param input digest of the file as it goes in
 * @param output and as it has to come out
 */
record BigProject(Path archive, String input, String output) {
    /** What the program changes, and what is kept of it. */
    static final String FILE = "data.bin";

    private static final int CHUNK_BYTES = 1 << 20;

    private static final String PROGRAM = """
            import hashlib
            digest = hashlib.sha256()
            invert = bytes(255 - value for value in range(256))
            with open("data.bin", "r+b") as data:
                while chunk := data.read(1 << 20):
                    digest.update(chunk)
                    data.seek(-len(chunk), 1)
                    data.write(chunk.translate(invert))
            print(digest.hexdigest())
            """;

    /** Writes its archive, a tar.gz, which is about as large as the file: random bytes are not compressed. */
    static BigProject write(Path archive, int mebibytes, long seed) throws IOException {
        MessageDigest input = sha256();
        MessageDigest output = sha256();
        Random random = new Random(seed);
        byte[] chunk = new byte[CHUNK_BYTES];
        byte[] program = PROGRAM.getBytes(StandardCharsets.UTF_8);
        GzipParameters quick = new GzipParameters();
        quick.setCompressionLevel(1);
        try (TarArchiveOutputStream tar =
                new TarArchiveOutputStream(new GzipCompressorOutputStream(Files.newOutputStream(archive), quick))) {
            begin(tar, "main.py", program.length);
            tar.write(program);
            tar.closeArchiveEntry();
            begin(tar, FILE, (long) mebibytes * CHUNK_BYTES);
            for (int done = 0; done < mebibytes; done++) {
                random.nextBytes(chunk);
                input.update(chunk);
                tar.write(chunk);
                for (int place = 0; place < chunk.length; place++) {
                    chunk[place] = (byte) ~chunk[place];
                }
                output.update(chunk);
            }
            tar.closeArchiveEntry();
        }
        return new BigProject(archive, hex(input), hex(output));
    }

    private static void begin(TarArchiveOutputStream tar, String name, long bytes) throws IOException {
        TarArchiveEntry entry = new TarArchiveEntry(name);
        entry.setSize(bytes);
        tar.putArchiveEntry(entry);
    }

    static String digest(Path file) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            return digest(in);
        }
    }

    /** Of the only file in a tar.gz. */
    static String packedDigest(Path archive) throws IOException {
        try (TarArchiveInputStream tar =
                new TarArchiveInputStream(new GzipCompressorInputStream(Files.newInputStream(archive)))) {
            TarArchiveEntry entry = tar.getNextEntry();
            if (entry == null || !entry.getName().equals(FILE)) {
                throw new IOException("the archive of all outputs begins with something else");
            }
            return digest(tar);
        }
    }

    private static String digest(InputStream in) throws IOException {
        MessageDigest digest = sha256();
        in.transferTo(new DigestOutputStream(OutputStream.nullOutputStream(), digest));
        return hex(digest);
    }

    private static String hex(MessageDigest digest) {
        return HexFormat.of().formatHex(digest.digest());
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException(impossible);
        }
    }
}
