package io.sandrun.runtime.archive;

import static io.sandrun.runtime.archive.Reading.gzipped;
import static io.sandrun.runtime.archive.Reading.refusal;
import static io.sandrun.runtime.archive.Reading.refuses;
import static io.sandrun.runtime.archive.Reading.tree;
import static org.assertj.core.api.Assertions.assertThat;

import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.ZstdOutputStream;
import io.sandrun.runtime.archive.ArchiveRefusedException.Fault;
import io.sandrun.runtime.attack.TarBytes;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

/** gzip and zstd around a tar: found by their content, once, whole, and not out of proportion. */
class CompressionTest {
    private static final byte[] TAR = new TarBytes().file("a", "abc").toBytes();

    private static byte[] joined(byte[]... parts) {
        TarBytes joined = new TarBytes();
        for (byte[] part : parts) {
            joined.raw(part);
        }
        return joined.unended();
    }

    private static byte[] zstd(byte[] bytes, int windowLog) throws IOException {
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        try (ZstdOutputStream stream = new ZstdOutputStream(packed, 3)) {
            stream.setLong(windowLog);
            stream.write(bytes);
        }
        return packed.toByteArray();
    }

    @Test
    void both_are_told_by_their_content() throws Exception {
        assertThat(tree(TAR)).containsEntry("a", ":abc");
        assertThat(tree(gzipped(TAR))).containsEntry("a", ":abc");
        assertThat(tree(Zstd.compress(TAR))).containsEntry("a", ":abc");
        assertThat(tree(zstd(TAR, 0))).containsEntry("a", ":abc");
        assertThat(tree(new byte[1024])).isEmpty();
    }

    @Test
    void several_members_in_a_row_are_one_stream() throws Exception {
        byte[] half = Arrays.copyOf(TAR, 700);
        byte[] rest = Arrays.copyOfRange(TAR, 700, TAR.length);
        assertThat(tree(joined(gzipped(half), gzipped(new byte[0]), gzipped(rest))))
                .containsEntry("a", ":abc");
        assertThat(tree(joined(Zstd.compress(half), Zstd.compress(rest)))).containsEntry("a", ":abc");
    }

    @Test
    void all_the_fields_of_a_gzip_header_are_skipped() throws Exception {
        byte[] plain = gzipped(TAR);
        byte[] header = {0x1f, (byte) 0x8b, 8, 0x1e, 0, 0, 0, 0, 0, 3, 2, 0, 'e', 'x', 'n', 0, 'c', 'c', 0, 1, 2};
        byte[] body = Arrays.copyOfRange(plain, 10, plain.length);
        assertThat(tree(joined(header, body))).containsEntry("a", ":abc");
        byte[] endless = new byte[3 << 20];
        Arrays.fill(endless, (byte) 'n');
        System.arraycopy(new byte[] {0x1f, (byte) 0x8b, 8, 8, 0, 0, 0, 0, 0, 3}, 0, endless, 0, 10);
        refuses(endless, Fault.HEADER_TOO_LARGE, "gzip header");
    }

    @Test
    void what_is_cut_off_damaged_or_goes_on_is_refused() throws Exception {
        byte[] gzip = gzipped(TAR);
        byte[] zstd = Zstd.compress(TAR);
        for (byte[] whole : new byte[][] {gzip, zstd}) {
            for (int length = 0; length < whole.length; length++) {
                assertThat(refusal(Arrays.copyOf(whole, length)))
                        .as("%d bytes", length)
                        .isNotNull();
            }
            assertThat(refusal(joined(whole, new byte[] {'x'}))).isNotNull();
            assertThat(refusal(joined(whole, new byte[1]))).isNotNull();
        }
        refuses(joined(gzip, new byte[] {'x'}), Fault.TRAILING_BYTES, "behind its gzip data");
        gzip[gzip.length - 5] ^= 1;
        refuses(gzip, Fault.DAMAGED, "checksum");
    }

    @Test
    void one_layer_is_enough() throws Exception {
        refuses(gzipped(gzipped(TAR)), Fault.COMPRESSED_TWICE, "compressed twice");
        refuses(gzipped(Zstd.compress(TAR)), Fault.COMPRESSED_TWICE, "compressed twice");
        refuses(Zstd.compress(gzipped(TAR)), Fault.COMPRESSED_TWICE, "compressed twice");
    }

    @Test
    void what_is_no_archive_is_refused() throws Exception {
        refuses(new byte[0], Fault.UNKNOWN_FORMAT, "is empty");
        refuses(
                gzipped("print('hello')".repeat(100).getBytes(java.nio.charset.StandardCharsets.UTF_8)),
                Fault.UNKNOWN_FORMAT,
                "not a tar inside");
        for (String other : new String[] {"BZh91AY&SY", "\u00fd7zXZ", "Rar!", "7z", "#!/bin/sh\n", "!<arch>\n"}) {
            byte[] bytes = Arrays.copyOf(other.getBytes(java.nio.charset.StandardCharsets.ISO_8859_1), 2000);
            refuses(bytes, Fault.UNKNOWN_FORMAT, "neither tar, tar.gz, tar.zst nor zip");
        }
    }

    @Test
    void a_bomb_is_noticed_early() throws Exception {
        byte[] bomb = gzipped(
                new TarBytes().entry('0', "zeros", "", new byte[25 << 20]).toBytes());
        assertThat(bomb.length).isLessThan(100_000);
        refuses(bomb, Fault.EXPANDS_TOO_MUCH, "200 times");
        byte[] zstd = Zstd.compress(
                new TarBytes().entry('0', "zeros", "", new byte[25 << 20]).toBytes());
        refuses(zstd, Fault.EXPANDS_TOO_MUCH, "200 times");
        byte[] headers = new TarBytes().pax("comment", "x".repeat(1_000_000)).unended();
        TarBytes many = new TarBytes();
        for (int index = 0; index < 20; index++) {
            many.raw(headers).file("f" + index, "");
        }
        refuses(gzipped(many.toBytes()), Fault.EXPANDS_TOO_MUCH, "200 times");
        byte[] padding = gzipped(new TarBytes().raw(TAR).raw(new byte[2 << 20]).unended());
        refuses(padding, Fault.TRAILING_BYTES, "behind its end");
    }

    @Test
    void a_frame_that_asks_for_much_memory_is_refused() throws Exception {
        byte[] noise = new byte[20 << 20];
        new java.util.Random(1).nextBytes(noise);
        byte[] wide = zstd(
                new TarBytes()
                        .entry('0', "noise", "", Arrays.copyOf(noise, 9 << 20))
                        .toBytes(),
                27);
        refuses(wide, Fault.DAMAGED, "memory");
        byte[] usual = zstd(
                new TarBytes()
                        .entry('0', "noise", "", Arrays.copyOf(noise, 9 << 20))
                        .toBytes(),
                23);
        assertThat(tree(usual)).containsKey("noise");
    }
}
