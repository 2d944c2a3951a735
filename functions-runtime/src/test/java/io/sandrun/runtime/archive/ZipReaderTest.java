package io.sandrun.runtime.archive;

import static io.sandrun.runtime.archive.Reading.refusal;
import static io.sandrun.runtime.archive.Reading.refuses;
import static io.sandrun.runtime.archive.Reading.tree;
import static org.assertj.core.api.Assertions.assertThat;

import io.sandrun.runtime.archive.ArchiveRefusedException.Fault;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.apache.commons.compress.archivers.zip.Zip64Mode;
import org.apache.commons.compress.archivers.zip.ZipArchiveEntry;
import org.apache.commons.compress.archivers.zip.ZipArchiveOutputStream;
import org.junit.jupiter.api.Test;

/** Zips as others write them, and such as two programs would read in two ways. */
class ZipReaderTest {
    private static final int SIZES_FOLLOW = 8;

    private static byte[] text(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    @Test
    void what_the_jdk_writes_is_read() throws Exception {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
            zip.setComment("a comment");
            zip.putNextEntry(new ZipEntry("d/"));
            zip.closeEntry();
            zip.putNextEntry(new ZipEntry("d/größe.txt"));
            zip.write(text("abc".repeat(1000)));
            zip.closeEntry();
            zip.putNextEntry(new ZipEntry("empty"));
            zip.closeEntry();
        }
        assertThat(tree(bytes.toByteArray()))
                .isEqualTo(Map.of("d", "/", "d/größe.txt", ":" + "abc".repeat(1000), "empty", ":"));
    }

    @Test
    void modes_and_wide_sizes_of_others_are_read() throws Exception {
        for (Zip64Mode mode : new Zip64Mode[] {Zip64Mode.Never, Zip64Mode.Always}) {
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            try (ZipArchiveOutputStream zip = new ZipArchiveOutputStream(bytes)) {
                zip.setUseZip64(mode);
                ZipArchiveEntry run = new ZipArchiveEntry("run");
                run.setUnixMode(0104755);
                zip.putArchiveEntry(run);
                zip.write(text("#!/bin/sh"));
                zip.closeArchiveEntry();
                ZipArchiveEntry plain = new ZipArchiveEntry("plain");
                plain.setUnixMode(0100644);
                zip.putArchiveEntry(plain);
                zip.closeArchiveEntry();
            }
            assertThat(tree(bytes.toByteArray())).isEqualTo(Map.of("run", "x:#!/bin/sh", "plain", ":"));
        }
    }

    @Test
    void stored_deflated_and_no_entries_are_read() throws Exception {
        assertThat(tree(new ZipBytes()
                        .stored("./a", "a")
                        .deflated("b/c", "c")
                        .stored("e/", "")
                        .toBytes()))
                .isEqualTo(Map.of("a", ":a", "b", "/", "b/c", ":c", "e", "/"));
        assertThat(tree(new ZipBytes().toBytes())).isEmpty();
    }

    @Test
    void paths_links_and_special_files_are_refused() {
        refuses(new ZipBytes().stored("../evil", "").toBytes(), Fault.TRAVERSAL, "'../evil'");
        refuses(new ZipBytes().stored("/evil", "").toBytes(), Fault.ABSOLUTE_PATH, "'/evil'");
        refuses(new ZipBytes().stored("..\\evil", "").toBytes(), Fault.BAD_NAME, "'..\\\\evil'");
        refuses(new ZipBytes().stored("a\0b", "").toBytes(), Fault.BAD_NAME, "'a\\x00b'");
        refuses(new ZipBytes().stored("", "").toBytes(), Fault.BAD_NAME, "no name");
        refuses(new ZipBytes().stored("a", "").stored("A", "").toBytes(), Fault.LOOKALIKE, "'A'");
        refuses(new ZipBytes().stored("a", "").stored("a", "").toBytes(), Fault.DUPLICATE, "'a'");
        refuses(ofMode("link", 0120777), Fault.UNSUPPORTED, "'link' is a link");
        for (int type : new int[] {0010000, 0020000, 0060000, 0140000}) {
            refuses(ofMode("special", type | 0644), Fault.SPECIAL_FILE, "'special'");
        }
        refuses(ofMode("file", 0040755), Fault.INCONSISTENT, "'file'");
        refuses(ofMode("directory/", 0100755), Fault.INCONSISTENT, "'directory/'");
        byte[] latin = {'g', 'r', (byte) 0xf6, (byte) 0xdf, 'e'};
        refuses(
                new ZipBytes()
                        .entry("x", "", 0, header -> header.name = latin, header -> {})
                        .toBytes(),
                Fault.BAD_NAME,
                "'gr\\xf6\\xdfe'");
    }

    @Test
    void entries_that_stand_for_the_tree_itself_are_counted_too() {
        ZipBytes zip = new ZipBytes();
        for (int index = 0; index <= Reading.LIMITS.entries(); index++) {
            zip.stored("./", "");
        }
        refuses(zip.toBytes(), Fault.TOO_MANY_ENTRIES, "'.'");
    }

    private static byte[] ofMode(String name, int mode) {
        return new ZipBytes()
                .entry(name, "", 0, header -> {}, header -> header.mode = mode)
                .toBytes();
    }

    @Test
    void encrypted_and_exotic_entries_are_refused() {
        for (int flags : new int[] {0x0001, 0x0041, 0x2000}) {
            refuses(
                    new ZipBytes()
                            .entry("secret", "x", 8, header -> header.flags = flags, header -> {})
                            .toBytes(),
                    Fault.ENCRYPTED,
                    "'secret'");
        }
        for (int method : new int[] {1, 9, 12, 14, 93, 99}) {
            refuses(
                    new ZipBytes()
                            .entry("odd", "x", 0, header -> header.method = method, header -> {})
                            .toBytes(),
                    Fault.UNSUPPORTED,
                    "method " + method);
        }
    }

    @Test
    void sizes_that_lie_are_refused() {
        refuses(local(0, header -> header.bytes--), Fault.INCONSISTENT, "'a'");
        refuses(local(8, header -> header.bytes--), Fault.INCONSISTENT, "'a'");
        refuses(local(8, header -> header.bytes = 1 << 30), Fault.ENTRY_TOO_LARGE, "'a'");
        refuses(local(8, header -> header.compressedBytes--), Fault.DAMAGED, "does not end");
        refuses(local(8, header -> header.compressedBytes++), Fault.INCONSISTENT, "'a'");
        refuses(local(8, header -> header.checksum++), Fault.INCONSISTENT, "'a'");
        refuses(local(0, header -> header.checksum++), Fault.INCONSISTENT, "'a'");
        refuses(
                local(0, header -> {
                    header.bytes--;
                    header.compressedBytes--;
                }),
                Fault.INCONSISTENT,
                "'a'");
        refuses(new ZipBytes().stored("d/", "content").toBytes(), Fault.INCONSISTENT, "'d/'");
    }

    private static byte[] local(int method, java.util.function.Consumer<ZipBytes.Header> lie) {
        return new ZipBytes().entry("a", "abcabcabc", method, lie, header -> {}).toBytes();
    }

    @Test
    void sizes_that_follow_the_data_are_checked() throws Exception {
        assertThat(tree(described(true, 0, 0))).containsEntry("a", ":abc");
        assertThat(tree(described(false, 0, 0))).containsEntry("a", ":abc");
        refuses(described(true, 1, 0), Fault.INCONSISTENT, "behind its data");
        refuses(described(true, 0, 1), Fault.INCONSISTENT, "behind its data");
        refuses(described(false, 1, 0), Fault.INCONSISTENT, "behind its data");
        refuses(
                new ZipBytes()
                        .entry("a", "abc", 0, header -> header.flags = SIZES_FOLLOW, header -> {})
                        .toBytes(),
                Fault.INCONSISTENT,
                "where it ends");
    }

    private static byte[] described(boolean isSigned, int checksumLie, int sizeLie) {
        ZipBytes.Header[] real = new ZipBytes.Header[1];
        ZipBytes zip = new ZipBytes()
                .entry(
                        "a",
                        "abc",
                        8,
                        header -> {
                            real[0] = header.copy();
                            header.flags = SIZES_FOLLOW;
                            header.checksum = 0;
                            header.compressedBytes = 0;
                            header.bytes = 0;
                        },
                        header -> {});
        java.nio.ByteBuffer sizes =
                java.nio.ByteBuffer.allocate(isSigned ? 16 : 12).order(java.nio.ByteOrder.LITTLE_ENDIAN);
        if (isSigned) {
            sizes.putInt(0x08074b50);
        }
        sizes.putInt(real[0].checksum + checksumLie);
        sizes.putInt(real[0].compressedBytes).putInt(real[0].bytes + sizeLie);
        return zip.raw(sizes.array()).toBytes();
    }

    @Test
    void a_directory_that_tells_something_else_is_refused() {
        refuses(listed(header -> header.name = text("b")), Fault.INCONSISTENT, "'b'");
        refuses(listed(header -> header.offset += 1), Fault.INCONSISTENT, "'a'");
        refuses(listed(header -> header.bytes += 1), Fault.INCONSISTENT, "'a'");
        refuses(listed(header -> header.checksum += 1), Fault.INCONSISTENT, "'a'");
        refuses(listed(header -> header.method = 8), Fault.INCONSISTENT, "'a'");
        refuses(listed(header -> header.flags = 1), Fault.INCONSISTENT, "'a'");
        refuses(new ZipBytes().stored("a", "").stored("b", "").unlist().toBytes(), Fault.INCONSISTENT, "'b'");
        refuses(new ZipBytes().stored("a", "").shiftDirectory(1).toBytes(), Fault.INCONSISTENT, "directory");
        refuses(new ZipBytes().stored("a", "").shiftCount(1).toBytes(), Fault.INCONSISTENT, "directory");
        ZipBytes.Header ghost = new ZipBytes.Header();
        ghost.name = text("ghost");
        refuses(new ZipBytes().stored("a", "").list(ghost).toBytes(), Fault.INCONSISTENT, "'ghost'");
    }

    private static byte[] listed(java.util.function.Consumer<ZipBytes.Header> lie) {
        return new ZipBytes().entry("a", "abc", 0, header -> {}, lie).toBytes();
    }

    @Test
    void entries_that_lie_in_each_other_are_refused() {
        byte[] inner = new ZipBytes().stored("inner", "payload").toBytes();
        byte[] entryOnly = Arrays.copyOf(inner, 30 + 5 + 7);
        ZipBytes.Header[] outer = new ZipBytes.Header[1];
        ZipBytes zip = new ZipBytes()
                .entry("outer", new String(entryOnly, StandardCharsets.ISO_8859_1), 0, header -> {}, header -> {
                    outer[0] = header;
                });
        ZipBytes.Header overlapping = new ZipBytes.Header();
        overlapping.name = text("inner");
        overlapping.offset = 30 + 5;
        refuses(zip.list(overlapping).toBytes(), Fault.INCONSISTENT, "'inner'");
    }

    @Test
    void what_is_cut_off_or_goes_on_is_refused() {
        byte[] whole =
                new ZipBytes().stored("a", "abc").deflated("b", "b".repeat(300)).toBytes();
        for (int length = 0; length < whole.length; length++) {
            assertThat(refusal(Arrays.copyOf(whole, length)))
                    .as("%d bytes", length)
                    .isNotNull();
        }
        refuses(Arrays.copyOf(whole, whole.length + 1), Fault.TRAILING_BYTES, "behind its end");
        refuses(new ZipBytes().stored("a", "").raw((byte) 0).stored("b", "").toBytes(), Fault.INCONSISTENT, "'a'");
        refuses(new ZipBytes().stored("a", "").raw(text("PK\3")).toBytes(), Fault.INCONSISTENT, "'a'");
    }

    @Test
    void a_bomb_is_noticed_early() {
        ZipBytes zip = new ZipBytes().deflated("zeros", "\0".repeat(25 << 20));
        refuses(zip.toBytes(), Fault.EXPANDS_TOO_MUCH, "200 times");
    }
}
