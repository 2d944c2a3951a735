package io.sandrun.runtime.sandbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.sandrun.runtime.Cancellation;
import io.sandrun.runtime.HostProcesses;
import io.sandrun.runtime.RunLimits;
import io.sandrun.runtime.linux.Ids;
import io.sandrun.runtime.linux.Poll;
import io.sandrun.runtime.linux.ProgramImage;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The resident by itself: several sandboxes at once, and plans that are not what they should be. */
class ResidentTest {
    private static final RunLimits LIMITS =
            new RunLimits(Duration.ofSeconds(1), Duration.ofSeconds(1), 1, 1 << 20, 8, 64, 1 << 20, 100, 10, 10);
    private static final Identity IDENTITY =
            Identity.ofSlot(Ids.own(), ProcessHandle.current().pid(), 1000);
    private static final int ID_OFFSET = 8;
    private static final long PATIENCE_SECONDS = 20;
    private static final int OPERATIONS_OFFSET = 16;

    private ProgramImage program;
    private Resident resident;

    @BeforeEach
    void start() throws Exception {
        String resource = "/io/sandrun/runtime/native/" + System.getProperty("os.arch") + "/sandbox-init";
        try (InputStream in = Objects.requireNonNull(ResidentTest.class.getResourceAsStream(resource))) {
            program = ProgramImage.of("sandbox-init", in.readAllBytes());
        }
        resident = Resident.start(program);
    }

    @AfterEach
    void stop() {
        resident.close();
        program.close();
    }

    private static byte[] plan(long id) throws Exception {
        return Layout.plan(
                id,
                IDENTITY,
                new Layout.Wanted(Room.PLAIN, LIMITS.diskBytes(), LIMITS.diskInodes(), List.of(), List.of(), false),
                HostFiles.real());
    }

    private PreparedSandbox prepare() throws Exception {
        long id = resident.nextId();
        return resident.prepare(id, plan(id));
    }

    private void awaitExit(Resident.Fate fate) throws Exception {
        long deadline = System.nanoTime() + Duration.ofSeconds(10).toNanos();
        try (Poll poll = new Poll()) {
            poll.watch(resident.descriptor());
            while (fate.exited() == null && System.nanoTime() < deadline) {
                poll.await(100);
                resident.listen();
            }
        }
        assertThat(fate.exited()).isNotNull();
    }

    @Test
    void several_sandboxes_wait_at_once_and_each_dies_alone() throws Exception {
        List<PreparedSandbox> sandboxes = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            sandboxes.add(prepare());
        }
        sandboxes.get(2).kill();
        awaitExit(sandboxes.get(2).fate());
        for (int i : new int[] {0, 1, 3, 4}) {
            assertThat(sandboxes.get(i).fate().exited()).isNull();
        }
        sandboxes.forEach(PreparedSandbox::close);
    }

    @Test
    void no_two_sandboxes_share_a_network_nor_have_the_hosts() throws Exception {
        assumeTrue(Ids.own().isRoot(), "only root can look at another's namespaces");
        PreparedSandbox first = prepare();
        first.kill();
        awaitExit(first.fate()); // now the resident makes the next one's network ahead
        first.close();
        Set<String> networks = new HashSet<>();
        networks.add(networkOf("self"));
        List<PreparedSandbox> sandboxes = List.of(prepare(), prepare(), prepare());
        for (PreparedSandbox sandbox : sandboxes) {
            networks.add(networkOf(Integer.toString(sandbox.pid())));
        }
        assertThat(networks).hasSize(4);
        sandboxes.forEach(PreparedSandbox::close);
    }

    private static String networkOf(String process) throws Exception {
        return Files.readSymbolicLink(Path.of("/proc", process, "ns/net")).toString();
    }

    @Test
    void a_sandbox_whose_socket_closes_ends_by_itself() throws Exception {
        PreparedSandbox sandbox = prepare();
        sandbox.socket().close();
        awaitExit(sandbox.fate());
        sandbox.close();
    }

    @Test
    void who_waits_for_the_disks_of_those_that_ended_hears_a_cancellation() throws Exception {
        HostProcesses.signal("STOP", resident.pid());
        resident.leave();
        Cancellation cancellation = new Cancellation();
        CompletableFuture<Void> settling = CompletableFuture.runAsync(() -> resident.settle(cancellation));
        cancellation.cancel();
        assertThatThrownBy(() -> settling.get(PATIENCE_SECONDS, TimeUnit.SECONDS))
                .hasCauseInstanceOf(CancellationException.class);
        HostProcesses.signal("CONT", resident.pid());
        resident.settle(new Cancellation());
        assertThat(resident.isUsable()).isTrue();
    }

    @Test
    void a_bind_source_that_vanished_is_told_by_name_and_the_resident_lives() throws Exception {
        long id = resident.nextId();
        byte[] plan = PlanWriter.prepare(id)
                .identity(IDENTITY, Room.PLAIN)
                .stage("/tmp", "size=1m")
                .directory("/usr", 0755, -1, -1)
                .bind("/no/such/place", "/usr", 1)
                .toBytes();
        assertThatThrownBy(() -> resident.prepare(id, plan))
                .isInstanceOf(SandboxFailure.class)
                .hasMessage("The sandbox could not be set up at the step 'open bind source' (/no/such/place):"
                        + " No such file or directory.");
        prepare().close();
    }

    @Test
    void nothing_is_built_before_there_is_a_stage() {
        long id = resident.nextId();
        byte[] plan = PlanWriter.prepare(id)
                .identity(IDENTITY, Room.PLAIN)
                .directory("/tmp/sandrun-must-not-exist", 0755, -1, -1)
                .stage("/tmp", "size=1m")
                .toBytes();
        assertThatThrownBy(() -> resident.prepare(id, plan)).hasMessageContaining("no stage yet");
        assertThat(Path.of("/tmp/sandrun-must-not-exist")).doesNotExist();
    }

    /** Below a template it is, but not here: this would be the host's file system. */
    @Test
    void a_plan_without_a_stage_is_refused() {
        long id = resident.nextId();
        byte[] plan = PlanWriter.prepare(id)
                .identity(IDENTITY, Room.PLAIN)
                .share("/usr")
                .toBytes();
        assertThatThrownBy(() -> resident.prepare(id, plan)).hasMessageContaining("no stage");
    }

    @Test
    void plans_that_are_cut_off_or_garbled_are_refused_and_the_resident_lives() throws Exception {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        byte[] whole = plan(0);
        for (int round = 0; round < 60; round++) {
            long id = resident.nextId();
            int length = OPERATIONS_OFFSET + random.nextInt(whole.length - OPERATIONS_OFFSET);
            byte[] cut = Arrays.copyOf(whole, length);
            ByteBuffer.wrap(cut).order(ByteOrder.nativeOrder()).putLong(ID_OFFSET, id);
            if (round % 2 == 0 && length > OPERATIONS_OFFSET + 8) {
                ByteBuffer.wrap(cut).order(ByteOrder.nativeOrder()).putInt(OPERATIONS_OFFSET + 4, random.nextInt());
            }
            assertThatThrownBy(() -> resident.prepare(id, cut))
                    .as("seed %d, round %d, length %d", seed, round, length)
                    .isInstanceOf(SandboxFailure.class);
        }
        prepare().close();
        assertThat(resident.isUsable()).isTrue();
    }
}
