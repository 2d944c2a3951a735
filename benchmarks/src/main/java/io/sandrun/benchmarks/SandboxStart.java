package io.sandrun.benchmarks;

import io.sandrun.runtime.Isolation;
import io.sandrun.runtime.SandboxSettings;
import io.sandrun.runtime.Sandboxes;
import io.sandrun.runtime.seccomp.Architecture;
import io.sandrun.runtime.seccomp.SeccompPolicy;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What a sandbox costs: the same commands started bare, by bubblewrap, in a fresh sandbox of ours and by crun, in turn,
 * so that a machine whose speed drifts slows all of them. First one at a time, then as many as one and two loops can
 * start.
 */
public final class SandboxStart {
    private static final int DEFAULT_ROUNDS = 300;
    private static final int WARM_UP_ROUNDS = 300;
    private static final int WINDOWS = 7;
    private static final int WINDOW_MILLIS = 1500;
    private static final int LOOPS = 2;

    private static final String BARE = "bare";

    /** While the others ran, the slot was idle and made what it makes ahead: an empty network namespace. */
    private static final String OURS = "sandrun";

    /** In the instant in which the one before has ended: nothing was made ahead. */
    private static final String OURS_AT_ONCE = "sandrun, at once";

    private static final List<List<String>> COMMANDS = List.of(
            List.of("/usr/bin/true"),
            List.of("/usr/bin/python3", "-I", "-S", "-c", "pass"),
            List.of("/usr/bin/python3", "-c", "pass"));

    private final PrintStream out;
    private final Sandboxes sandboxes;
    private final Path starter;
    private final Path filter;
    private final Path work;
    private final Optional<String> bubblewrap;
    private final Crun crun;

    private SandboxStart(PrintStream out, Sandboxes sandboxes, Path scratch) throws Exception {
        this.out = out;
        this.sandboxes = sandboxes;
        this.starter = Starter.build(scratch);
        this.filter = scratch.resolve("filter");
        this.work = Files.createDirectory(scratch.resolve("work"));
        this.bubblewrap = Bubblewrap.version();
        this.crun = new Crun(scratch);
        Set<String> active = sandboxes.isolation().layers().stream()
                .filter(Isolation.Layer::active)
                .map(Isolation.Layer::name)
                .collect(Collectors.toSet());
        Files.write(filter, SeccompPolicy.compile(Architecture.current().orElseThrow(), active));
    }

    public static void main(String[] args) throws Exception {
        int rounds = args.length > 0 ? Integer.parseInt(args[0]) : DEFAULT_ROUNDS;
        Machine.print();
        run(System.out, rounds, WARM_UP_ROUNDS, WINDOW_MILLIS);
        System.exit(0);
    }

    /** @param windowMillis how long each loop of starts is counted */
    static void run(PrintStream out, int rounds, int warmUpRounds, int windowMillis) throws Exception {
        try (ScratchDirectory scratch = ScratchDirectory.make();
                Sandboxes sandboxes = Sandboxes.open(new SandboxSettings(LOOPS, scratch.path()))) {
            SandboxStart benchmark = new SandboxStart(out, sandboxes, scratch.path());
            benchmark.printConditions();
            for (List<String> command : COMMANDS) {
                if (!Files.isExecutable(Path.of(command.get(0)))) {
                    out.println(command.get(0) + " is not installed: skipped");
                    continue;
                }
                benchmark.latency(command, rounds, warmUpRounds);
                benchmark.throughput(command, windowMillis);
            }
        }
    }

    private void printConditions() {
        out.println("sandrun, active: "
                + sandboxes.isolation().layers().stream()
                        .filter(Isolation.Layer::active)
                        .map(Isolation.Layer::name)
                        .collect(Collectors.joining(", ")));
        out.println(bubblewrap
                .map(version -> version + ": the same namespaces and filter; no limits, no control groups")
                .orElse("bubblewrap is not installed (Debian package bubblewrap): skipped"));
        out.println(
                crun.runs()
                        ? "crun: the same namespaces; no filter, no limits, no control groups"
                        : crun.trouble() + ": skipped");
    }

    /** In the order of a round, bare first; the caller closes them. */
    private List<Entrant> entrants(List<String> command, int slot, int rounds) throws IOException {
        List<Entrant> entrants = new ArrayList<>();
        entrants.add(new Entrant(BARE, Starter.of(starter, filter, command), new Samples(rounds)));
        if (bubblewrap.isPresent()) {
            List<String> wrapped = Bubblewrap.around(command, work);
            entrants.add(new Entrant(bubblewrap.get(), Starter.of(starter, filter, wrapped), new Samples(rounds)));
        }
        entrants.add(new Entrant(OURS, new SlotLauncher(sandboxes.slot(slot), command), new Samples(rounds)));
        return entrants;
    }

    /** Behind ours, where nothing is compared with it. */
    private void addCrun(List<Entrant> entrants, List<String> command, int loop, int rounds) throws IOException {
        if (crun.runs()) {
            List<String> wrapped = crun.around(command, loop);
            entrants.add(new Entrant("crun", Starter.of(starter, filter, wrapped), new Samples(rounds)));
        }
    }

    private void latency(List<String> command, int rounds, int warmUpRounds) throws IOException {
        List<Entrant> entrants = entrants(command, 0, rounds);
        entrants.add(new Entrant(OURS_AT_ONCE, new SlotLauncher(sandboxes.slot(0), command), new Samples(rounds)));
        addCrun(entrants, command, 0, rounds);
        Entrant.inTurn(entrants, warmUpRounds, rounds);
        out.printf("%n%s, %d rounds, one at a time%n", String.join(" ", command), rounds);
        printLatency(entrants);
    }

    private void printLatency(List<Entrant> entrants) {
        double bareMs = entrants.get(0).samples().percentileMs(50);
        out.printf("%-24s %8s %8s %8s %14s%n", "", "p50 ms", "p95 ms", "x bare", "overhead p50");
        double[] overheadMs = new double[entrants.size()];
        for (int place = 0; place < overheadMs.length; place++) {
            Samples samples = entrants.get(place).samples();
            double p50Ms = samples.percentileMs(50);
            overheadMs[place] = p50Ms - bareMs;
            out.printf(
                    "%-24s %8.2f %8.2f %8.2f %11.2f ms%n",
                    entrants.get(place).name(), p50Ms, samples.percentileMs(95), p50Ms / bareMs, overheadMs[place]);
        }
        for (int place = 2; bubblewrap.isPresent() && place < overheadMs.length; place++) {
            String name = entrants.get(place).name();
            out.printf(
                    "overhead of %s / overhead of bubblewrap: %.2f%s%n",
                    name, overheadMs[place] / overheadMs[1], name.startsWith(OURS) ? " (aim: 0.50)" : "");
        }
    }

    private void throughput(List<String> command, int windowMillis) throws Exception {
        Race.upTo(LOOPS, out, WINDOWS, windowMillis, loop -> {
            List<Entrant> entrants = entrants(command, loop, 0);
            addCrun(entrants, command, loop, 0);
            return entrants;
        });
    }
}
