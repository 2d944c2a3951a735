package io.sandrun.runtime.archive;

import static io.sandrun.runtime.archive.Reading.refusal;
import static io.sandrun.runtime.archive.Reading.refuses;
import static io.sandrun.runtime.archive.Reading.tree;
import static org.assertj.core.api.Assertions.assertThat;

import io.sandrun.runtime.archive.ArchiveRefusedException.Fault;
import io.sandrun.runtime.attack.TarBytes;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.apache.commons.compress.archivers.tar.TarConstants;
import org.junit.jupiter.api.Test;

/** Tars as others write them, and such as nobody writes without a purpose. */
class TarReaderTest {
    private static final String LONG = "long/".repeat(40) + "name";

    private static byte[] text(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static byte[] packed(int longFiles) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (TarArchiveOutputStream tar = new TarArchiveOutputStream(bytes, "UTF-8")) {
            tar.setLongFileMode(longFiles);
            tar.setBigNumberMode(TarArchiveOutputStream.BIGNUMBER_POSIX);
            tar.setAddPaxHeadersForNonAsciiNames(longFiles == TarArchiveOutputStream.LONGFILE_POSIX);
            String[] names = {"a", LONG, "größe/ñ.txt"};
            for (String name : names) {
                TarArchiveEntry entry = new TarArchiveEntry(name);
                entry.setSize(3);
                entry.setMode(0100755);
                tar.putArchiveEntry(entry);
                tar.write(text("abc"));
                tar.closeArchiveEntry();
            }
            TarArchiveEntry link = new TarArchiveEntry("to-long", TarConstants.LF_SYMLINK);
            link.setLinkName(LONG);
            tar.putArchiveEntry(link);
            tar.closeArchiveEntry();
        }
        return bytes.toByteArray();
    }

    @Test
    void long_names_of_both_schools_are_read() throws Exception {
        ArchiveLimits deep = new ArchiveLimits(10 << 20, 40 << 20, 30 << 20, 1000, 1000, 50, 200);
        for (int school : new int[] {TarArchiveOutputStream.LONGFILE_GNU, TarArchiveOutputStream.LONGFILE_POSIX}) {
            RecordingSink sink = new RecordingSink();
            new ArchiveReader(deep, sink).read(new java.io.ByteArrayInputStream(packed(school)));
            assertThat(sink.tree())
                    .containsEntry("a", "x:abc")
                    .containsEntry(LONG, "x:abc")
                    .containsEntry("größe/ñ.txt", "x:abc")
                    .containsEntry("to-long", "->" + LONG);
        }
    }

    @Test
    void old_and_odd_entries_are_read() throws Exception {
        byte[] tar = new TarBytes()
                .entry('g', "pax_global_header", "", TarBytes.record("comment", text("0123abcd")))
                .directory(".")
                .entry('\0', "old", "", text("old"))
                .entry('0', "olddir/", "", new byte[0])
                .entry('7', "contiguous", "", text("c"))
                .pax("SCHILY.xattr.security.capability", new byte[] {1, 0, '\n', 2})
                .header('0', text("setuid"), "", 0, 07777)
                .pax("size", "5")
                .header('0', text("sized"), "", 0, 0644)
                .content(text("12345"))
                .toBytes();
        assertThat(tree(tar))
                .isEqualTo(Map.of("old", ":old", "olddir", "/", "contiguous", ":c", "setuid", "x:", "sized", ":12345"));
    }

    @Test
    void paths_that_lead_elsewhere_are_refused() {
        refuses(new TarBytes().file("../evil", "").toBytes(), Fault.TRAVERSAL, "'../evil'");
        refuses(new TarBytes().file("a/../../evil", "").toBytes(), Fault.TRAVERSAL, "'a/../../evil'");
        refuses(new TarBytes().file("a/..", "").toBytes(), Fault.TRAVERSAL, "'a/..'");
        refuses(new TarBytes().file("/etc/passwd", "").toBytes(), Fault.ABSOLUTE_PATH, "'/etc/passwd'");
        refuses(new TarBytes().pax("path", "/etc/x").file("x", "").toBytes(), Fault.ABSOLUTE_PATH, "'/etc/x'");
        refuses(
                new TarBytes()
                        .entry('L', "././@LongLink", "", text("../x\0"))
                        .file("x", "")
                        .toBytes(),
                Fault.TRAVERSAL,
                "'../x'");
        refuses(new TarBytes().file("..\\evil", "").toBytes(), Fault.BAD_NAME, "'..\\\\evil'");
    }

    @Test
    void links_stay_inside_and_are_never_walked_through() throws Exception {
        refuses(new TarBytes().symbolicLink("l", "/etc").toBytes(), Fault.LINK_LEAVES, "'l'");
        refuses(new TarBytes().symbolicLink("d/l", "../../x").toBytes(), Fault.LINK_LEAVES, "'d/l'");
        refuses(new TarBytes().symbolicLink("d/l", "a/../../x").toBytes(), Fault.LINK_LEAVES, "'d/l'");
        refuses(
                new TarBytes().symbolicLink("l", "d").file("l/file", "").toBytes(),
                Fault.BELOW_NO_DIRECTORY,
                "'l/file'");
        refuses(new TarBytes().symbolicLink("l", "d").file("l", "").toBytes(), Fault.DUPLICATE, "'l'");
        refuses(new TarBytes().symbolicLink("l", "d").directory("l").toBytes(), Fault.DUPLICATE, "'l'");
        refuses(new TarBytes().symbolicLink("l", "d").directory("l/").toBytes(), Fault.DUPLICATE, "'l'");
        assertThat(tree(new TarBytes().symbolicLink("d/l", "../x/y").toBytes())).containsEntry("d/l", "->../x/y");
    }

    @Test
    void hard_links_name_files_of_the_archive_before_them() {
        refuses(new TarBytes().hardLink("l", "/etc/passwd").toBytes(), Fault.LINK_LEAVES, "'l'");
        refuses(new TarBytes().hardLink("l", "../x").toBytes(), Fault.LINK_LEAVES, "'l'");
        refuses(new TarBytes().hardLink("l", "later").file("later", "").toBytes(), Fault.HARD_LINK_TO_NOTHING, "'l'");
        refuses(new TarBytes().directory("d").hardLink("l", "d").toBytes(), Fault.HARD_LINK_TO_NOTHING, "'l'");
        refuses(new TarBytes().symbolicLink("s", "x").hardLink("l", "s").toBytes(), Fault.HARD_LINK_TO_NOTHING, "'l'");
        refuses(
                new TarBytes()
                        .file("a", "a")
                        .entry('1', "l", "a", text("content"))
                        .toBytes(),
                Fault.INCONSISTENT,
                "'l'");
    }

    @Test
    void what_is_no_file_is_refused() {
        for (char type : new char[] {'3', '4', '6'}) {
            refuses(new TarBytes().entry(type, "dev/sda", "", new byte[0]).toBytes(), Fault.SPECIAL_FILE, "'dev/sda'");
        }
        refuses(new TarBytes().entry('S', "holes", "", new byte[0]).toBytes(), Fault.SPARSE, "'holes'");
        refuses(new TarBytes().pax("GNU.sparse.major", "1").file("h", "").toBytes(), Fault.SPARSE, "sparse");
        refuses(new TarBytes().entry('V', "volume", "", new byte[0]).toBytes(), Fault.UNSUPPORTED, "'volume'");
        refuses(new TarBytes().entry('5', "d", "", text("content")).toBytes(), Fault.INCONSISTENT, "'d'");
        refuses(
                new TarBytes()
                        .entry('g', "global", "", TarBytes.record("path", text("x")))
                        .file("a", "")
                        .toBytes(),
                Fault.UNSUPPORTED,
                "path for all");
    }

    @Test
    void names_that_another_system_would_take_for_one_are_refused() {
        refuses(new TarBytes().file("a", "").file("./a", "").toBytes(), Fault.DUPLICATE, "'a'");
        refuses(new TarBytes().directory("d").directory("d/").toBytes(), Fault.DUPLICATE, "'d'");
        refuses(new TarBytes().file("Makefile", "").file("makefile", "").toBytes(), Fault.LOOKALIKE, "'makefile'");
        refuses(new TarBytes().file("D/a", "").file("d/b", "").toBytes(), Fault.LOOKALIKE, "'d/b'");
        refuses(new TarBytes().file("caf\u00e9", "").file("cafe\u0301", "").toBytes(), Fault.LOOKALIKE, "cafe\u0301");
        refuses(new TarBytes().file("stra\u00dfe", "").file("STRASSE", "").toBytes(), Fault.LOOKALIKE, "'STRASSE'");
        refuses(new TarBytes().file("a", "").file("a/b", "").toBytes(), Fault.BELOW_NO_DIRECTORY, "'a/b'");
        refuses(new TarBytes().file("a/b", "").file("a", "").toBytes(), Fault.DUPLICATE, "'a'");
    }

    @Test
    void names_that_are_none_are_refused() {
        byte[] invalid = {'a', (byte) 0xc3, (byte) 0x28};
        byte[] overlong = {(byte) 0xc0, (byte) 0xae, (byte) 0xc0, (byte) 0xae, '/', 'x'};
        for (byte[] name : new byte[][] {invalid, overlong}) {
            refuses(new TarBytes().header('0', name, "", 0, 0644).toBytes(), Fault.BAD_NAME, "not valid UTF-8");
            refuses(new TarBytes().pax("path", name).file("x", "").toBytes(), Fault.BAD_NAME, "not valid UTF-8");
        }
        refuses(new TarBytes().pax("path", "a\0b").file("x", "").toBytes(), Fault.BAD_NAME, "'a\\x00b'");
        refuses(new TarBytes().file("a\nb", "").toBytes(), Fault.BAD_NAME, "'a\\x0ab'");
        refuses(new TarBytes().file("\u001b]0;x\u0007", "").toBytes(), Fault.BAD_NAME, "'\\x1b]0;x\\x07'");
        refuses(new TarBytes().file("", "").toBytes(), Fault.BAD_NAME, "no name");
        refuses(
                new TarBytes()
                        .pax("path", "x/")
                        .entry('0', "y", "", text("content"))
                        .toBytes(),
                Fault.INCONSISTENT,
                "x");
        refuses(new TarBytes().pax("path", "n".repeat(256)).file("x", "").toBytes(), Fault.NAME_TOO_LONG, "255");
        refuses(new TarBytes().pax("path", "n/".repeat(501)).file("x", "").toBytes(), Fault.NAME_TOO_LONG, "1000");
        refuses(new TarBytes().file("d/".repeat(11) + "x", "").toBytes(), Fault.TOO_DEEP, "10 directories");
    }

    @Test
    void bounds_hold() throws Exception {
        TarBytes many = new TarBytes();
        for (int index = 0; index < 600; index++) {
            many.file("d" + index + "/f", "");
        }
        refuses(many.toBytes(), Fault.TOO_MANY_ENTRIES, "1000 files and directories");
        refuses(new TarBytes().header('0', text("f"), "", 31 << 20, 0644).toBytes(), Fault.ENTRY_TOO_LARGE, "'f'");
        ArchiveLimits little = new ArchiveLimits(10 << 20, 1000, 900, 1000, 1000, 10, 200);
        byte[] two = new TarBytes()
                .file("a", "x".repeat(600))
                .file("b", "x".repeat(600))
                .toBytes();
        assertThat(refusal(two, little).fault()).isEqualTo(Fault.TOO_LARGE);
        ArchiveLimits small = new ArchiveLimits(1000, 1000, 900, 1000, 1000, 10, 200);
        assertThat(refusal(two, small).fault()).isEqualTo(Fault.TOO_LARGE);
        refuses(new TarBytes().header('x', text("x"), "", 2 << 20, 0644).toBytes(), Fault.HEADER_TOO_LARGE, "headers");
        TarBytes endless = new TarBytes();
        for (int index = 0; index < 5; index++) {
            endless.pax("comment", "x".repeat(300_000));
        }
        refuses(endless.file("f", "").toBytes(), Fault.HEADER_TOO_LARGE, "headers");
    }

    @Test
    void what_is_cut_off_or_goes_on_is_refused() throws Exception {
        byte[] whole = new TarBytes().file("a", "a".repeat(700)).file("b", "b").toBytes();
        for (int length = 1; length < whole.length; length += 51) {
            assertThat(refusal(Arrays.copyOf(whole, length)))
                    .as("%d bytes", length)
                    .isNotNull();
        }
        byte[] padded = new TarBytes().raw(whole).raw(new byte[10_240]).unended();
        assertThat(tree(padded)).hasSize(2);
        refuses(new TarBytes().raw(whole).raw(text("more")).unended(), Fault.TRAILING_BYTES, "behind its end");
        refuses(new TarBytes().raw(whole).raw(whole).unended(), Fault.TRAILING_BYTES, "behind its end");
        refuses(
                new TarBytes().file("a", "").raw(new byte[512]).file("b", "").toBytes(),
                Fault.DAMAGED,
                "zeros stands between");
        refuses(new TarBytes().file("a", "").pax("path", "b").toBytes(), Fault.DAMAGED, "followed by no entry");
    }

    @Test
    void headers_that_are_wrong_are_refused() {
        byte[] checksum = new TarBytes().file("a", "").file("b", "").toBytes();
        checksum[512] = 'c';
        refuses(checksum, Fault.DAMAGED, "checksum");
        for (String size : new String[] {"0000000008\0", "-0000000001\0", "0x000000000\0"}) {
            byte[] tar = new TarBytes().file("first", "").file("a", "").toBytes();
            byte[] header = Arrays.copyOfRange(tar, 512, 1024);
            System.arraycopy(text(size), 0, header, 124, size.length());
            System.arraycopy(TarBytes.checksummed(header), 0, tar, 512, 512);
            refuses(tar, Fault.DAMAGED, "size");
        }
        for (String record : new String[] {"5 a=b\n", "99 path=x\n", "path=x\n", "8 pathx\n", "0 \n", "-9 path=x\n"}) {
            byte[] tar = new TarBytes()
                    .entry('x', "x", "", text(record))
                    .file("a", "")
                    .toBytes();
            refuses(tar, Fault.DAMAGED, "malformed");
        }
        byte[] negative = new TarBytes().pax("size", "-1").file("a", "").toBytes();
        refuses(negative, Fault.DAMAGED, "malformed");
    }

    @Test
    void a_number_of_twelve_bytes_is_read_and_too_large_ones_refused() throws Exception {
        for (byte[] size : new byte[][] {
            {(byte) 0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 3}, {(byte) 0xff, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1},
            {(byte) 0x80, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 3}, {(byte) 0x80, 0, 0, 0, 127, -1, -1, -1, -1, -1, -1, -1}
        }) {
            byte[] tar = new TarBytes().file("a", "abc").toBytes();
            byte[] header = Arrays.copyOf(tar, 512);
            System.arraycopy(size, 0, header, 124, 12);
            System.arraycopy(TarBytes.checksummed(header), 0, tar, 0, 512);
            if (size[11] == 3 && size[1] == 0) {
                assertThat(tree(tar)).containsEntry("a", ":abc");
            } else {
                assertThat(refusal(tar).fault()).isIn(Fault.DAMAGED, Fault.ENTRY_TOO_LARGE);
            }
        }
    }
}
