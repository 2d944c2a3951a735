package io.sandrun.runtime.sandbox;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/**
 * Writes a message with operations in the form that {@code plan.c} reads: u32 code, u32 payload length, payload of
 * texts, numbers and bytes. One method per operation; single-threaded.
 */
final class PlanWriter {
    private final ByteArrayOutputStream message = new ByteArrayOutputStream(8 * 1024);
    private final ByteArrayOutputStream payload = new ByteArrayOutputStream();

    private PlanWriter() {}

    /** A PREPARE request; the id comes back in what the resident says about this sandbox. */
    static PlanWriter prepare(long id) {
        PlanWriter writer = new PlanWriter();
        writer.header(Protocol.PREPARE);
        writer.message.writeBytes(number(id));
        return writer;
    }

    static PlanWriter go() {
        PlanWriter writer = new PlanWriter();
        writer.header(Protocol.GO);
        return writer;
    }

    static PlanWriter nurse() {
        PlanWriter writer = new PlanWriter();
        writer.header(Protocol.NURSE);
        return writer;
    }

    static PlanWriter await() {
        PlanWriter writer = new PlanWriter();
        writer.header(Protocol.AWAIT);
        return writer;
    }

    static byte[] copy() {
        PlanWriter writer = new PlanWriter();
        writer.header(Protocol.COPY);
        return writer.toBytes();
    }

    static byte[] settle() {
        PlanWriter writer = new PlanWriter();
        writer.header(Protocol.SETTLE);
        return writer.toBytes();
    }

    static byte[] kill() {
        PlanWriter writer = new PlanWriter();
        writer.header(Protocol.KILL);
        return writer.toBytes();
    }

    PlanWriter identity(Identity identity, Room room) {
        return text(identity.setgroups())
                .text(identity.uidMap(room))
                .text(identity.gidMap(room))
                .value(identity.hasInsideRoot() ? 1 : 0)
                .end(Protocol.IDENTITY);
    }

    PlanWriter stage(String hostDirectory, String tmpfsOptions) {
        return text(hostDirectory).text(tmpfsOptions).end(Protocol.STAGE);
    }

    PlanWriter directory(String path, int mode, int uid, int gid) {
        return text(path).value(mode).value(uid).value(gid).end(Protocol.DIRECTORY);
    }

    PlanWriter symlink(String target, String path) {
        return text(target).text(path).end(Protocol.SYMLINK);
    }

    PlanWriter file(String path, int mode, byte[] content) {
        return text(path).value(mode).bytes(content).end(Protocol.FILE);
    }

    PlanWriter bind(String source, String path, long mountAttributes) {
        return text(source).text(path).value(mountAttributes).end(Protocol.BIND);
    }

    PlanWriter rebind(String source, String path, long mountAttributes) {
        return text(source).text(path).value(mountAttributes).end(Protocol.REBIND);
    }

    PlanWriter mount(String type, String path, String options, long mountFlags) {
        return text(type).text(path).text(options).value(mountFlags).end(Protocol.MOUNT);
    }

    PlanWriter seal(String path, long mountAttributes) {
        return text(path).value(mountAttributes).end(Protocol.SEAL);
    }

    PlanWriter unmount(String path) {
        return text(path).end(Protocol.UNMOUNT);
    }

    PlanWriter hostname(String name) {
        return text(name).end(Protocol.HOSTNAME);
    }

    PlanWriter share(String path) {
        return text(path).end(Protocol.SHARE);
    }

    PlanWriter door(int port) {
        return value(port).end(Protocol.OPEN_DOOR);
    }

    PlanWriter victim(int points) {
        return value(points).end(Protocol.VICTIM);
    }

    PlanWriter user(int uid, int gid, boolean clearGroups) {
        return value(uid).value(gid).value(clearGroups ? 1 : 0).end(Protocol.USER);
    }

    PlanWriter limit(int resource, long soft, long hard) {
        return value(resource).value(soft).value(hard).end(Protocol.LIMIT);
    }

    PlanWriter workdir(String path) {
        return text(path).end(Protocol.WORKDIR);
    }

    PlanWriter argument(String argument) {
        return text(argument).end(Protocol.ARGUMENT);
    }

    PlanWriter variable(String name, String content) {
        return text(name + "=" + content).end(Protocol.VARIABLE);
    }

    PlanWriter filter(byte[] program) {
        return bytes(program).end(Protocol.FILTER);
    }

    PlanWriter narrow(byte[] program) {
        return bytes(program).end(Protocol.NARROW);
    }

    byte[] toBytes() {
        return message.toByteArray();
    }

    private void header(int type) {
        message.writeBytes(word(type));
        message.writeBytes(word(0));
    }

    private PlanWriter text(String text) {
        byte[] encoded = text.getBytes(StandardCharsets.UTF_8);
        payload.writeBytes(word(encoded.length + 1));
        payload.writeBytes(encoded);
        payload.write(0);
        return this;
    }

    private PlanWriter value(long value) {
        payload.writeBytes(number(value));
        return this;
    }

    private PlanWriter bytes(byte[] bytes) {
        payload.writeBytes(word(bytes.length));
        payload.writeBytes(bytes);
        return this;
    }

    private PlanWriter end(int code) {
        message.writeBytes(word(code));
        message.writeBytes(word(payload.size()));
        message.writeBytes(payload.toByteArray());
        payload.reset();
        return this;
    }

    private static byte[] word(int value) {
        return ByteBuffer.allocate(Integer.BYTES)
                .order(ByteOrder.nativeOrder())
                .putInt(value)
                .array();
    }

    private static byte[] number(long value) {
        return ByteBuffer.allocate(Long.BYTES)
                .order(ByteOrder.nativeOrder())
                .putLong(value)
                .array();
    }
}
