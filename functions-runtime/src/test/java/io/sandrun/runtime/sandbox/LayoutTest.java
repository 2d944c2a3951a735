package io.sandrun.runtime.sandbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sandrun.runtime.RunLimits;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class LayoutTest {
    private static final RunLimits LIMITS =
            new RunLimits(Duration.ofSeconds(1), Duration.ofSeconds(1), 1, 1 << 20, 8, 64, 1 << 20, 100, 10, 10);
    private static final Identity IDENTITY = new Identity(true, 0x70000000, 0x70000001, 0x70000001, 2000);

    /** Operations that make something on the file system that a path is on. */
    private static final Set<Integer> MAKING = Set.of(Protocol.DIRECTORY, Protocol.SYMLINK, Protocol.FILE);

    /** An operation of a plan, as far as these tests look: its code and its texts. */
    private record Operation(int code, List<String> texts) {}

    /** A host whose every path is in a map: to a link's target, or to "file" or "directory". */
    private record FakeHost(Map<String, String> paths) implements HostFiles {
        @Override
        public Kind kind(String path) {
            String what = paths.get(path);
            if (what == null) {
                return Kind.ABSENT;
            }
            return switch (what) {
                case "file" -> Kind.FILE;
                case "directory" -> Kind.DIRECTORY;
                default -> Kind.SYMLINK;
            };
        }

        @Override
        public boolean isDirectory(String path) {
            return kind(path) == Kind.DIRECTORY;
        }

        @Override
        public String linkTarget(String path) {
            return paths.getOrDefault(path, "");
        }
    }

    private static final HostFiles MERGED_USR = new FakeHost(Map.of(
            "/usr",
            "directory",
            "/bin",
            "usr/bin",
            "/lib",
            "directory",
            "/etc/ld.so.cache",
            "file",
            "/opt/py",
            "directory",
            "/opt/py/bin",
            "directory",
            "/etc/java-17",
            "directory",
            "/tmp/x/y",
            "directory"));

    private static List<Operation> plan(Path... readOnly) throws Exception {
        return decode(Layout.plan(7, IDENTITY, wanted(readOnly), MERGED_USR));
    }

    private static Layout.Wanted wanted(Path... readOnly) {
        return new Layout.Wanted(
                Room.PLAIN, LIMITS.diskBytes(), LIMITS.diskInodes(), List.of(readOnly), List.of(), false);
    }

    private static List<Operation> decode(byte[] message) {
        ByteBuffer bytes = ByteBuffer.wrap(message).order(ByteOrder.nativeOrder());
        assertThat(bytes.getInt()).isEqualTo(Protocol.PREPARE);
        assertThat(bytes.getInt()).isZero();
        assertThat(bytes.getLong()).isEqualTo(7);
        List<Operation> operations = new ArrayList<>();
        while (bytes.hasRemaining()) {
            int code = bytes.getInt();
            ByteBuffer payload =
                    bytes.slice(bytes.position() + 4, bytes.getInt()).order(ByteOrder.nativeOrder());
            bytes.position(bytes.position() + payload.remaining());
            operations.add(new Operation(code, texts(code, payload)));
        }
        return operations;
    }

    private static List<String> texts(int code, ByteBuffer payload) {
        int count = switch (code) {
            case Protocol.IDENTITY, Protocol.MOUNT -> 3;
            case Protocol.STAGE, Protocol.SYMLINK, Protocol.BIND, Protocol.REBIND -> 2;
            case Protocol.VICTIM -> 0;
            default -> 1;
        };
        List<String> texts = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            byte[] text = new byte[payload.getInt()];
            payload.get(text);
            assertThat(text[text.length - 1]).isZero();
            texts.add(new String(text, 0, text.length - 1, StandardCharsets.UTF_8));
        }
        return texts;
    }

    private static Operation operation(int code, String... texts) {
        return new Operation(code, List.of(texts));
    }

    @Test
    void the_plan_starts_with_who_and_where() throws Exception {
        assertThat(plan().subList(0, 3))
                .containsExactly(
                        operation(
                                Protocol.IDENTITY,
                                "",
                                "0 1879048192 1\n1000 1879048193 1\n",
                                "0 1879048192 1\n1000 1879048193 1\n"),
                        operation(Protocol.HOSTNAME, "sandrun"),
                        operation(Protocol.STAGE, "/tmp", "size=1m,nr_inodes=1k,mode=0755"));
    }

    @Test
    void the_system_directories_are_what_they_are_on_the_host() throws Exception {
        assertThat(plan())
                .contains(
                        operation(Protocol.BIND, "/usr", "/usr"),
                        operation(Protocol.SYMLINK, "usr/bin", "/bin"),
                        operation(Protocol.BIND, "/lib", "/lib"))
                .doesNotContain(operation(Protocol.DIRECTORY, "/lib64"));
    }

    @Test
    void the_root_is_sealed_after_everything_is_built_and_before_anything_can_be_written_to() throws Exception {
        List<Operation> plan = plan(Path.of("/opt/py"));
        int sealed = plan.indexOf(operation(Protocol.SEAL, "/"));
        assertThat(plan.subList(0, sealed)).noneMatch(operation -> operation.code() == Protocol.MOUNT);
        assertThat(plan.subList(sealed + 1, plan.size()))
                .noneMatch(operation -> MAKING.contains(operation.code())
                        && !operation.texts().get(0).startsWith("/work/"))
                .endsWith(operation(Protocol.SHARE, "/work"));
    }

    @Test
    void below_a_template_only_the_jobs_own_is_made() throws Exception {
        Layout.Wanted nested = wanted(Path.of("/opt/py")).in(Room.NESTED);
        List<Operation> whole = plan(Path.of("/opt/py"));
        List<Operation> fresh = decode(Layout.plan(7, IDENTITY, nested, MERGED_USR));
        assertThat(fresh.subList(2, fresh.size()))
                .isEqualTo(whole.subList(whole.indexOf(operation(Protocol.SEAL, "/")) + 1, whole.size()));
    }

    @Test
    void all_that_a_template_can_be_written_to_is_left_before_there_are_jobs() throws Exception {
        List<Operation> template = decode(Layout.plan(7, IDENTITY, wanted().in(Room.TEMPLATE), MERGED_USR));
        PlanWriter left = PlanWriter.prepare(7);
        Layout.leave(left);
        List<String> mounted = template.stream()
                .filter(operation -> operation.code() == Protocol.MOUNT || operation.code() == Protocol.REBIND)
                .map(operation -> operation.texts().get(1))
                .filter(path -> !path.equals("/proc"))
                .distinct()
                .toList();
        assertThat(mounted).isNotEmpty();
        assertThat(decode(left.toBytes()))
                .containsAll(mounted.stream()
                        .map(path -> operation(Protocol.UNMOUNT, path))
                        .toList());
    }

    @Test
    void one_disk_with_our_own_inodes_on_top_serves_every_writable_place() throws Exception {
        assertThat(plan())
                .containsSubsequence(
                        operation(Protocol.MOUNT, "tmpfs", "/work", "size=1048576,nr_inodes=104,mode=0755"),
                        operation(Protocol.REBIND, "/work/tmp", "/tmp"),
                        operation(Protocol.REBIND, "/work/shm", "/dev/shm"),
                        operation(Protocol.REBIND, "/work/work", "/work"));
    }

    @Test
    void read_only_paths_get_their_parents_once_and_none_is_bound_twice() throws Exception {
        List<Operation> plan =
                plan(Path.of("/opt/py"), Path.of("/opt/py/bin"), Path.of("/etc/java-17"), Path.of("/tmp/x/y"));
        assertThat(plan)
                .filteredOn(operation -> operation.texts().contains("/opt/py/bin"))
                .isEmpty();
        assertThat(plan)
                .containsSubsequence(
                        operation(Protocol.DIRECTORY, "/opt"),
                        operation(Protocol.DIRECTORY, "/opt/py"),
                        operation(Protocol.BIND, "/opt/py", "/opt/py"));
        assertThat(plan)
                .containsSubsequence(
                        operation(Protocol.REBIND, "/work/tmp", "/tmp"),
                        operation(Protocol.DIRECTORY, "/tmp/x"),
                        operation(Protocol.BIND, "/tmp/x/y", "/tmp/x/y"));
    }

    @Test
    void read_only_paths_that_would_hide_or_show_too_much_are_refused() {
        for (String path :
                List.of("/", "/etc", "/proc", "/proc/1", "/dev/shm", "/work", "/opt/../etc", "opt", "/none")) {
            assertThatThrownBy(() -> plan(Path.of(path)))
                    .as(path)
                    .isInstanceOf(InvalidRequestException.class)
                    .hasMessageContaining(path);
        }
    }
}
