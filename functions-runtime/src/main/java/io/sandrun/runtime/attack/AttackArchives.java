package io.sandrun.runtime.attack;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import java.util.zip.GZIPOutputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/**
 * The archives of attacks.txt: each tries to reach beyond the tree that it is unpacked into, or is not what it says.
 * All are small; the largest unpacks to {@value #BOMB_BYTES} bytes. Stateless.
 */
final class AttackArchives {
    /** More than a sandbox of the suite has disk. */
    static final int BOMB_BYTES = 40 << 20;

    /** What the entry says that lies. */
    static final int LIE_BYTES = 10;

    static final long HOLE_BYTES = 1L << 30;
    static final int DEPTH = 100;

    private static final String WITH = "with";
    private static final int CHUNK_BYTES = 1 << 16;
    private static final String UP = "../".repeat(20);
    private static final int LOCAL_FLAGS = 6;
    private static final int CENTRAL_SIGNATURE = 0x02014b50;
    private static final int CENTRAL_FLAGS = 8;
    private static final int CENTRAL_BYTES = 24;

    private interface Packing {
        byte[] pack(UnaryOperator<String> fill) throws IOException;
    }

    private static final Map<String, Packing> PACKINGS = packings();

    private AttackArchives() {}

    static Set<String> names() {
        return PACKINGS.keySet();
    }

    /** The archives that a step of attacks.txt comes with: none, or one. */
    static List<byte[]> of(List<String> step, Map<String, String> places) throws IOException {
        return step.get(0).equals(WITH) ? List.of(pack(step.get(1), places)) : List.of();
    }

    /** What the step runs. */
    static List<String> command(List<String> step) {
        return step.get(0).equals(WITH) ? step.subList(2, step.size()) : step;
    }

    /** @throws IllegalArgumentException if there is no such archive */
    static byte[] pack(String name, Map<String, String> places) throws IOException {
        Packing packing = PACKINGS.get(name);
        if (packing == null) {
            throw new IllegalArgumentException("no such archive: " + name);
        }
        return packing.pack(text -> Places.fill(text, places));
    }

    private static Map<String, Packing> packings() {
        Map<String, Packing> packings = new TreeMap<>();
        packings.put("climbing", fill -> file(fill.apply(UP + "{planted}")).toBytes());
        packings.put("absolute", fill -> file(fill.apply("{planted}")).toBytes());
        packings.put("leaving-link", fill -> link("link", fill.apply("{file}")).toBytes());
        packings.put(
                "through-link",
                fill -> link("door", fill.apply("{directory}"))
                        .file("door/planted", "planted")
                        .toBytes());
        packings.put(
                "through-inner-link",
                fill -> new TarBytes()
                        .directory("d")
                        .symbolicLink("door", "d")
                        .file("door/planted", "planted")
                        .toBytes());
        packings.put(
                "hard-link-out",
                fill -> new TarBytes()
                        .pax("linkpath", fill.apply("{file}"))
                        .hardLink("twin", "long")
                        .toBytes());
        packings.put("device", fill -> empty('3', "device"));
        packings.put("fifo", fill -> empty('6', "fifo"));
        packings.put(
                "duplicate",
                places ->
                        new TarBytes().file("twice", "one").file("twice", "two").toBytes());
        packings.put(
                "lookalike",
                fill -> new TarBytes().file("name", "one").file("Name", "two").toBytes());
        packings.put("name-of-controls", fill -> file("a\u001b[2J\nb").toBytes());
        packings.put("depth", fill -> file("d/".repeat(DEPTH) + "f").toBytes());
        packings.put("entries", fill -> manyFiles(2 * (int) AttackJobs.DISK_INODES));
        packings.put("hole", fill -> hole());
        packings.put(
                "set-id",
                fill -> new TarBytes()
                        .header('0', "tool".getBytes(StandardCharsets.US_ASCII), "", 0, 06755)
                        .toBytes());
        packings.put("gzip-bomb", fill -> gzipBomb());
        packings.put("zip-bomb", fill -> zip("zeros", BOMB_BYTES));
        packings.put("zip-climbing", fill -> zip(fill.apply(UP + "{planted}"), 1));
        packings.put("zip-lie", fill -> zipWith(CENTRAL_BYTES, LIE_BYTES));
        packings.put("zip-encrypted", fill -> encrypted());
        return packings;
    }

    /** With its name in an extended header, since it may be long. */
    private static TarBytes file(String name) {
        return new TarBytes().pax("path", name).file("long", "planted");
    }

    private static TarBytes link(String name, String target) {
        return new TarBytes().pax("linkpath", target).symbolicLink(name, "long");
    }

    private static byte[] empty(char type, String name) {
        return new TarBytes().entry(type, name, "", new byte[0]).toBytes();
    }

    private static byte[] manyFiles(int count) {
        TarBytes tar = new TarBytes();
        for (int index = 0; index < count; index++) {
            tar.file("entry" + index, "");
        }
        return tar.toBytes();
    }

    /** A file of no bytes and one very long hole. */
    private static byte[] hole() {
        // In this order: tar makes room for the map when it reads how long it is.
        byte[] records = concatenated(
                record("GNU.sparse.size", "" + HOLE_BYTES),
                record("GNU.sparse.numblocks", "1"),
                record("GNU.sparse.map", HOLE_BYTES + ",0"));
        return new TarBytes()
                .entry('x', "PaxHeaders/hole", "", records)
                .file("hole", "")
                .toBytes();
    }

    private static byte[] record(String key, String value) {
        return TarBytes.record(key, value.getBytes(StandardCharsets.US_ASCII));
    }

    private static byte[] concatenated(byte[]... parts) {
        ByteArrayOutputStream whole = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            whole.writeBytes(part);
        }
        return whole.toByteArray();
    }

    private static byte[] gzipBomb() throws IOException {
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(packed)) {
            byte[] name = "zeros".getBytes(StandardCharsets.US_ASCII);
            gzip.write(new TarBytes().header('0', name, "", BOMB_BYTES, 0644).unended());
            for (int written = 0; written < BOMB_BYTES; written += CHUNK_BYTES) {
                gzip.write(new byte[CHUNK_BYTES]);
            }
            gzip.write(new TarBytes().toBytes());
        }
        return packed.toByteArray();
    }

    private static byte[] zip(String name, int zeros) throws IOException {
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        try (ZipOutputStream zip = new ZipOutputStream(packed)) {
            zip.putNextEntry(new ZipEntry(name));
            for (int left = zeros; left > 0; left -= CHUNK_BYTES) {
                zip.write(new byte[Math.min(left, CHUNK_BYTES)]);
            }
        }
        return packed.toByteArray();
    }

    /** A zip whose list of entries says something else than the entry, in the four bytes at that place. */
    private static byte[] zipWith(int place, int value) throws IOException {
        ByteBuffer zip = ByteBuffer.wrap(zip("liar", CHUNK_BYTES)).order(ByteOrder.LITTLE_ENDIAN);
        return zip.putInt(central(zip) + place, value).array();
    }

    private static byte[] encrypted() throws IOException {
        ByteBuffer zip = ByteBuffer.wrap(zip("secret", 1)).order(ByteOrder.LITTLE_ENDIAN);
        for (int place : new int[] {LOCAL_FLAGS, central(zip) + CENTRAL_FLAGS}) {
            zip.putShort(place, (short) (zip.getShort(place) | 1));
        }
        return zip.array();
    }

    /** Where the list of entries begins. */
    private static int central(ByteBuffer zip) {
        int place = 0;
        while (zip.getInt(place) != CENTRAL_SIGNATURE) {
            place++;
        }
        return place;
    }
}
