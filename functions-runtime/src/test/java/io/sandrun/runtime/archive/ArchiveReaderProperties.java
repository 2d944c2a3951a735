package io.sandrun.runtime.archive;

import static org.assertj.core.api.Assertions.assertThat;

import com.github.luben.zstd.Zstd;
import io.sandrun.runtime.attack.TarBytes;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

/** Whatever is done to an archive, it is either refused or unpacked within its bounds. */
class ArchiveReaderProperties {
    private static final ArchiveLimits LIMITS = new ArchiveLimits(1 << 20, 100_000, 50_000, 100, 300, 8, 200);
    private static final List<byte[]> SEEDS = seeds();

    private static List<byte[]> seeds() {
        byte[] tar = new TarBytes()
                .directory("./")
                .file("./a/b/c.txt", "some text")
                .pax("path", "long/" + "n".repeat(120))
                .file("x", "more")
                .entry('L', "././@LongLink", "", new byte[] {'g', 'n', 'u', 0})
                .file("y", "y".repeat(600))
                .symbolicLink("a/link", "../x")
                .hardLink("a/twin", "a/b/c.txt")
                .toBytes();
        byte[] zip = new ZipBytes()
                .stored("s/", "")
                .stored("s/a", "abc")
                .deflated("d", "abc".repeat(500))
                .toBytes();
        try {
            return List.of(tar, zip, Reading.gzipped(tar), Zstd.compress(tar));
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    @Property(tries = 4000)
    void a_mutated_archive_is_refused_or_unpacked_within_bounds(
            @ForAll @IntRange(max = 3) int seed, @ForAll @IntRange(min = 1, max = 8) int changes, @ForAll long random)
            throws IOException {
        read(mutated(SEEDS.get(seed), changes, new Random(random)));
    }

    @Property(tries = 1000)
    void a_tar_with_wrong_headers_but_right_checksums_is_refused_or_unpacked_within_bounds(
            @ForAll @IntRange(min = 1, max = 8) int changes, @ForAll long random) throws IOException {
        byte[] tar = mutated(SEEDS.get(0), changes, new Random(random));
        for (int block = 0; block + 512 <= tar.length; block += 512) {
            byte[] header = java.util.Arrays.copyOfRange(tar, block, block + 512);
            if (header[257] == 'u') {
                System.arraycopy(TarBytes.checksummed(header), 0, tar, block, 512);
            }
        }
        read(tar);
    }

    @Property(tries = 500)
    void noise_behind_a_magic_number_is_refused(@ForAll @IntRange(max = 3) int seed, @ForAll long random)
            throws IOException {
        byte[] noise = new byte[4000];
        new Random(random).nextBytes(noise);
        System.arraycopy(SEEDS.get(seed), 0, noise, 0, seed == 0 ? 512 : 10);
        read(noise);
    }

    /** RecordingSink fails on whatever a real tree would not allow. */
    private static void read(byte[] archive) throws IOException {
        RecordingSink sink = new RecordingSink();
        try {
            new ArchiveReader(LIMITS, sink).read(new ByteArrayInputStream(archive));
        } catch (ArchiveRefusedException refused) {
            assertThat(refused.getMessage()).isNotBlank().hasSizeLessThan(600).doesNotContain("\u001b", "\n", "\0");
        }
        assertThat(sink.tree()).hasSizeLessThanOrEqualTo(100);
        assertThat(sink.bytes()).isLessThanOrEqualTo(100_000);
    }

    private static byte[] mutated(byte[] original, int changes, Random random) {
        byte[] bytes = original.clone();
        for (int change = 0; change < changes; change++) {
            int place = random.nextInt(bytes.length);
            switch (random.nextInt(6)) {
                case 0 -> bytes[place] ^= (byte) (1 << random.nextInt(8));
                case 1 -> bytes[place] = (byte) random.nextInt(256);
                case 2 -> bytes[place] = (byte) (random.nextBoolean() ? 0 : 0xff);
                case 3 -> bytes[place] = (byte) "/.\\0123456789LKxg5PK".charAt(random.nextInt(20));
                case 4 -> bytes = cut(bytes, place, Math.min(bytes.length - place, 1 + random.nextInt(600)));
                default -> bytes = doubled(bytes, place, Math.min(bytes.length - place, 1 + random.nextInt(1024)));
            }
            if (bytes.length == 0) {
                return bytes;
            }
        }
        return bytes;
    }

    private static byte[] cut(byte[] bytes, int place, int count) {
        byte[] shorter = new byte[bytes.length - count];
        System.arraycopy(bytes, 0, shorter, 0, place);
        System.arraycopy(bytes, place + count, shorter, place, bytes.length - place - count);
        return shorter;
    }

    private static byte[] doubled(byte[] bytes, int place, int count) {
        byte[] longer = new byte[bytes.length + count];
        System.arraycopy(bytes, 0, longer, 0, place + count);
        System.arraycopy(bytes, place, longer, place + count, bytes.length - place);
        return longer;
    }
}
