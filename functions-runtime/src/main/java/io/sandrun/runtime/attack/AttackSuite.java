package io.sandrun.runtime.attack;

import io.sandrun.runtime.Birth;
import io.sandrun.runtime.Cancellation;
import io.sandrun.runtime.RunRequest;
import io.sandrun.runtime.RunResult;
import io.sandrun.runtime.SandboxSettings;
import io.sandrun.runtime.SandboxUnavailableException;
import io.sandrun.runtime.Sandboxes;
import io.sandrun.runtime.Slot;
import io.sandrun.runtime.output.OutputRequest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Runs attacks as real jobs in the sandboxes of this machine, while a second job runs beside them, and looks from the
 * host what came of it. One thread; the sandboxes are its own.
 */
public final class AttackSuite implements AutoCloseable {
    /** The name of the file that attacks. */
    public static final String PROGRAM = "attack";

    private static final int ATTACKED_SLOT = 0;
    private static final int NEIGHBOUR_SLOT = 1;
    private static final int ROUNDS_OF_PRIMING = 6;

    /** An attack's whole time, what unpacks before and what takes out afterwards, and a machine that is busy. */
    private static final Duration LONGEST =
            Expectation.AMPLE.plus(Haul.LIMITS.time()).multipliedBy(2);

    private final AttackJobs jobs;
    private final Sandboxes sandboxes;
    private final Canaries canaries;
    private final Neighbour neighbour;
    private final Haul haul;
    private final Map<String, String> places = new HashMap<>();

    private AttackSuite(AttackJobs jobs, Sandboxes sandboxes, Canaries canaries, Neighbour neighbour, Haul haul) {
        this.jobs = jobs;
        this.sandboxes = sandboxes;
        this.canaries = canaries;
        this.neighbour = neighbour;
        this.haul = haul;
        places.putAll(canaries.places());
        places.putAll(neighbour.places());
        places.put("victim", "1");
        places.put("covered", "/proc/keys");
    }

    /**
     * Gets the sandboxes, the canaries and the neighbour ready.
     *
     * @param directory of this user, empty; it is made readable for everybody, and is empty again at the end
     * @param way {@link Way#COLD} or {@link Way#READY}
     * @throws SandboxUnavailableException when this machine cannot run sandboxes
     */
    public static AttackSuite open(Path directory, Way way) throws IOException, SandboxUnavailableException {
        return open(directory, new AttackJobs(AttackProgram.bytes(), way, null));
    }

    /**
     * Likewise, for attacks out of processes that were forked: see {@link io.sandrun.runtime.Preload}.
     *
     * @param python an interpreter in a system directory
     */
    public static AttackSuite openForked(Path directory, Path python) throws IOException, SandboxUnavailableException {
        return open(directory, new AttackJobs(AttackProgram.bytes(), Way.FORKED, python));
    }

    /**
     * Likewise, for attacks out of processes that have waited for them.
     *
     * @param shown another directory, that everybody can read; {@link #PROGRAM} is left in it
     */
    public static AttackSuite openAwaited(Path directory, Path shown) throws IOException, SandboxUnavailableException {
        Path program = Files.write(shown.resolve(PROGRAM), AttackProgram.bytes());
        Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwxr-xr-x"));
        return open(directory, new AttackJobs(AttackProgram.bytes(), Way.AWAITED, shown));
    }

    /**
     * Has the slot run what is harmless and looks the same, until the next is born as it shall be: the first runs of a
     * kind are executed.
     */
    private void prime(Slot slot, Expectation expectation) throws IOException {
        Birth wanted = birth();
        RunRequest harmless = jobs.attack(List.of("list"), List.of(), expectation, OutputRequest.NOTHING);
        for (int round = 0; round < ROUNDS_OF_PRIMING; round++) {
            RunResult result = slot.run(harmless, new Cancellation());
            slot.getReady();
            if (result.phases().birth() == wanted && (jobs.way() == Way.FORKED || round > 0)) {
                return;
            }
        }
        throw new IOException("On this machine no process is " + wanted + ": " + jobs.interpreter());
    }

    private Birth birth() {
        return switch (jobs.way()) {
            case COLD, READY -> Birth.EXECUTED;
            case FORKED -> Birth.FORKED;
            case AWAITED -> Birth.AWAITED;
        };
    }

    private static AttackSuite open(Path directory, AttackJobs jobs) throws IOException, SandboxUnavailableException {
        Sandboxes sandboxes = Sandboxes.open(new SandboxSettings(NEIGHBOUR_SLOT + 1, directory));
        Canaries canaries = null;
        try {
            canaries = Canaries.plant(jobs.program(), directory);
            Neighbour neighbour = Neighbour.moveIn(jobs, sandboxes.slot(NEIGHBOUR_SLOT));
            return new AttackSuite(jobs, sandboxes, canaries, neighbour, new Haul(directory.resolve("taken-out")));
        } catch (IOException | RuntimeException e) {
            if (canaries != null) {
                canaries.close();
            }
            sandboxes.close();
            throw e;
        }
    }

    /**
     * Runs the attacks one after the other, and at the end asks the neighbour how it was.
     *
     * @param listener hears of each finding as soon as it is there
     */
    public List<Finding> run(List<Attack> attacks, Consumer<Finding> listener) throws IOException {
        List<Finding> findings = new ArrayList<>();
        for (Attack attack : attacks) {
            Finding finding = run(attack);
            findings.add(finding);
            listener.accept(finding);
        }
        Finding last = neighbourFinding();
        findings.add(last);
        listener.accept(last);
        return findings;
    }

    private Finding run(Attack attack) throws IOException {
        String word = Canaries.freshWord();
        places.put("fresh-word", word);
        places.put("fresh-key", Integer.toString(Canaries.freshKey()));
        Slot slot = sandboxes.slot(ATTACKED_SLOT);
        List<List<String>> steps = attack.steps();
        for (List<String> step : steps.subList(0, steps.size() - 1)) {
            Optional<Finding> early = Judge.judgePreparation(attack, run(slot, step, attack.expectation()));
            if (early.isPresent()) {
                return early.get();
            }
        }
        long begun = System.nanoTime();
        RunResult result = run(slot, steps.get(steps.size() - 1), attack.expectation());
        Duration time = Duration.ofNanos(System.nanoTime() - begun);
        List<String> marks = marks(word, result);
        boolean hasRun = result.exitCode() != null;
        if (hasRun && result.phases().birth() != birth()) {
            marks.add("its process was " + result.phases().birth() + ", and others were " + birth());
        }
        if (time.compareTo(LONGEST) > 0) {
            marks.add("the agent was busy for " + time.toSeconds() + " s");
        }
        return Judge.judge(attack, result, marks);
    }

    private RunResult run(Slot slot, List<String> step, Expectation expectation) throws IOException {
        List<String> command = AttackArchives.command(Places.fill(step, places));
        List<byte[]> archives = AttackArchives.of(step, places);
        OutputRequest outputs = expectation instanceof Expectation.LeavesOut ? haul.request() : OutputRequest.NOTHING;
        if (jobs.way() != Way.COLD) {
            prime(slot, expectation);
        }
        return slot.run(jobs.attack(command, archives, expectation, outputs), new Cancellation());
    }

    /** A finished run is over on the host, too, so there is nothing to wait for. */
    private List<String> marks(String word, RunResult result) throws IOException {
        List<String> marks = new ArrayList<>(canaries.touches());
        marks.addAll(haul.marks(result.outputs(), canaries.secrets()));
        marks.addAll(neighbour.touches());
        HostSight.withArgument(word).forEach(pid -> marks.add("process " + pid + " is left"));
        return marks;
    }

    private Finding neighbourFinding() {
        List<String> touches = neighbour.moveOut();
        return new Finding(
                "neighbour",
                "neighbour",
                touches.isEmpty() ? Verdict.HELD : Verdict.ESCAPED,
                touches.isEmpty() ? "it noticed nothing" : String.join(", ", touches),
                "disturb a job in another slot by any of the above");
    }

    /** Ends what still runs and removes what was planted. */
    @Override
    public void close() throws IOException {
        neighbour.close();
        sandboxes.close();
        haul.close();
        canaries.close();
    }
}
