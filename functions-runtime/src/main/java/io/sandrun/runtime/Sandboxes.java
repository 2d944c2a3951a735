package io.sandrun.runtime;

import io.sandrun.runtime.cgroup.Cgroups;
import io.sandrun.runtime.host.MemoryGauge;
import io.sandrun.runtime.host.RecentAnswer;
import io.sandrun.runtime.linux.ProgramImage;
import io.sandrun.runtime.sandbox.Filters;
import io.sandrun.runtime.sandbox.IsolationProbe;
import io.sandrun.runtime.sandbox.Mothers;
import io.sandrun.runtime.sandbox.SlotRunner;
import io.sandrun.runtime.sandbox.WarmMemory;
import io.sandrun.runtime.sandbox.ZygoteFiles;
import io.sandrun.runtime.seccomp.Architecture;
import io.sandrun.runtime.seccomp.SeccompPolicy;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * The sandboxes of one agent: its slots and what they share. Thread-safe. Closing ends every run and leaves nothing
 * behind on the machine.
 */
public final class Sandboxes implements AutoCloseable {
    /** How old news of the machine's memory may be: slots look after each run, and take little of it in this time. */
    private static final Duration MEMORY_LOOK = Duration.ofMillis(50);

    private final ProgramImage program;
    private final Cgroups cgroups;
    private final Mothers mothers;
    private final List<Slot> slots;
    private final Isolation isolation;

    private Sandboxes(ProgramImage program, Cgroups cgroups, Mothers mothers, List<Slot> slots, Isolation isolation) {
        this.program = program;
        this.cgroups = cgroups;
        this.mothers = mothers;
        this.slots = List.copyOf(slots);
        this.isolation = isolation;
    }

    /**
     * Gets ready, and runs a probe in a first sandbox.
     *
     * @throws SandboxUnavailableException when this machine cannot run sandboxes, with a sentence that says what is
     * missing
     */
    public static Sandboxes open(SandboxSettings settings) throws SandboxUnavailableException {
        String osArch = System.getProperty("os.arch", "");
        Architecture architecture = Architecture.current()
                .orElseThrow(() -> new SandboxUnavailableException(
                        "There is no system call policy for this processor (" + osArch + ")."));
        byte[] binary = resource("native/" + osArch + "/sandbox-init");
        ProgramImage program = image(binary);
        Cgroups cgroups = Cgroups.open(Cgroups.nextName(), settings.stateDirectory());
        var filters = new Filters(
                SeccompPolicy.compile(architecture, cgroups.layers().keySet()),
                SeccompPolicy.compileForForked(architecture));
        List<SlotRunner> runners = new ArrayList<>();
        try {
            WarmMemory warm = new WarmMemory(settings.warmBytes(), new RecentAnswer(new MemoryGauge(), MEMORY_LOOK));
            byte[] zygotesFilter = SeccompPolicy.compileForZygote(
                    architecture, cgroups.layers().keySet());
            Mothers mothers = new Mothers(
                    program,
                    cgroups,
                    zygotesFilter,
                    new ZygoteFiles(
                            resource("native/" + osArch + "/zygote.so"),
                            resource("zygote/hatch.py"),
                            resource("zygote/hatched.py"),
                            resource("zygote/rehearsal.py")),
                    warm);
            var machinery = new SlotRunner.Machinery(program, filters, cgroups, mothers, waiter(osArch), warm);
            for (int index = 0; index < settings.slots(); index++) {
                runners.add(SlotRunner.open(machinery, index));
            }
            Isolation isolation = IsolationProbe.probe(runners.get(0), binary, cgroups.layers(), cgroups.missing());
            return new Sandboxes(
                    program, cgroups, mothers, runners.stream().map(Slot::new).toList(), isolation);
        } catch (SandboxUnavailableException | RuntimeException e) {
            runners.forEach(SlotRunner::close);
            cgroups.close();
            program.close();
            throw e;
        }
    }

    private static SlotRunner.Waiter waiter(String osArch) throws SandboxUnavailableException {
        return new SlotRunner.Waiter(resource("native/" + osArch + "/node.so"), resource("await/wait.cjs"));
    }

    private static byte[] resource(String name) throws SandboxUnavailableException {
        try (InputStream in = Sandboxes.class.getResourceAsStream(name)) {
            if (in == null) {
                throw new SandboxUnavailableException(
                        "This build has no " + name + "; build Sandrun on such a machine.");
            }
            return in.readAllBytes();
        } catch (IOException e) {
            throw new SandboxUnavailableException(name + " cannot be read: " + e.getMessage(), e);
        }
    }

    private static ProgramImage image(byte[] binary) throws SandboxUnavailableException {
        try {
            return ProgramImage.of("sandbox-init", binary);
        } catch (IOException e) {
            throw new SandboxUnavailableException("The kernel does not hold a program in memory: " + e.getMessage(), e);
        }
    }

    /** Which layers are really active, as probed when this was opened. */
    public Isolation isolation() {
        return isolation;
    }

    /**
     * One of the slots.
     *
     * @param index from 0 to the number of slots, exclusively
     * @throws IndexOutOfBoundsException when there is no such slot
     */
    public Slot slot(int index) {
        return slots.get(index);
    }

    public int slots() {
        return slots.size();
    }

    /**
     * Lets go of interpreters and sandboxes that wait in slots in which nothing ran for so long; slots that run
     * something are left alone. Where the machine is short of memory, it is not asked how long. To be called now and
     * then.
     */
    public void letGo(Duration idle) {
        slots.forEach(slot -> slot.letGo(idle));
        mothers.letGo(idle);
    }

    /** Waits for runs that are going on: cancel them first. Then residents, control groups and program go. */
    @Override
    public void close() {
        slots.forEach(Slot::close);
        mothers.close();
        cgroups.close();
        program.close();
    }
}
