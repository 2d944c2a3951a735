package io.sandrun.benchmarks.faults;

import io.sandrun.broker.store.Books;
import io.sandrun.broker.store.WriteObserver;
import io.sandrun.broker.store.WriteObserver.Step;
import io.sandrun.protocol.BrokerException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;

/**
 * A fault between each two steps of each transition's transactions.
 *
 * <p><em>Killed there</em>: at each step the files are copied while the writer stands still, which is what {@code
 * kill -9} at that moment leaves (the page cache outlives a process). Opened again, the books must be those of the
 * last commit, whole. <em>Failed there</em>: the step throws; the caller must get an error in the one shape, the same
 * call again must succeed on the same broker, and the books must be as if nothing had failed.
 */
final class StepFaults implements Scenario {
    /** From this many rounds on every step of every transition has its turn; below, a random sample. */
    private static final int EXHAUSTIVE_ROUNDS = 20;

    private static final int TRANSITIONS_PER_ROUND = 4;

    @Override
    public String name() {
        return "between-statements";
    }

    @Override
    public Findings run(Trial trial) throws Exception {
        List<String> violations = new ArrayList<>();
        int faults = 0;
        int jobs = 0;
        for (Transition transition : chosen(trial)) {
            Path scratch = Files.createDirectory(trial.scratch().resolve(transition.name()));
            int steps = killAtEachStep(transition, scratch, violations);
            faults += steps;
            jobs++;
            for (int step : chosen(steps, trial)) {
                failAtStep(transition, step, Files.createDirectory(scratch.resolve("fail-" + step)), violations);
                faults++;
                jobs++;
            }
        }
        return Findings.of(trial.rounds(), jobs, faults, violations);
    }

    private static List<Transition> chosen(Trial trial) {
        List<Transition> all = new ArrayList<>(List.of(Transition.values()));
        if (trial.rounds() >= EXHAUSTIVE_ROUNDS) {
            return all;
        }
        Collections.shuffle(all, trial.random());
        return all.subList(0, Math.min(all.size(), TRANSITIONS_PER_ROUND * trial.rounds()));
    }

    private static List<Integer> chosen(int steps, Trial trial) {
        Random random = trial.random();
        return trial.rounds() >= EXHAUSTIVE_ROUNDS
                ? IntStream.range(0, steps).boxed().toList()
                : random.ints(0, steps)
                        .distinct()
                        .limit(Math.min(trial.rounds(), steps))
                        .boxed()
                        .toList();
    }

    /** What was on disk when a step was about to be taken. */
    private record Picture(Step step, Path files) {}

    private static int killAtEachStep(Transition transition, Path scratch, List<String> violations) throws Exception {
        Path data = scratch.resolve("kill");
        List<Picture> pictures = new ArrayList<>();
        Switch camera = new Switch();
        Promises promises;
        try (Bench bench = new Bench(data, camera)) {
            Object prepared = transition.prepare(bench);
            camera.set(step -> pictures.add(new Picture(step, picture(data, scratch))));
            transition.act(bench, prepared);
            camera.set(WriteObserver.NONE);
            promises = bench.ledger.promises();
        }
        comparePictures(transition, pictures, scratch, violations);
        Books last = Ground.books(data, scratch);
        check(transition, Audit.violations(last, kept(transition, promises)), violations);
        if (!last.equals(Ground.books(pictures.get(pictures.size() - 1).files, scratch))) {
            violations.add(transition + ": the books changed after the last answer");
        }
        return pictures.size();
    }

    /** What is forgotten after RESULT_TTL was promised for no longer. */
    private static Promises kept(Transition transition, Promises promises) {
        return transition == Transition.SWEEP ? Promises.none() : promises;
    }

    private static void comparePictures(
            Transition transition, List<Picture> pictures, Path scratch, List<String> violations) throws IOException {
        Books last = Ground.books(pictures.get(0).files, scratch);
        for (Picture picture : pictures) {
            Books now = Ground.books(picture.files, scratch);
            check(transition, Audit.violations(now, Promises.none()), violations);
            if (picture.step == Step.ANSWER) {
                last = now;
            } else if (!now.equals(last)) {
                violations.add(transition + ": killed before a " + picture.step + " it is there by half");
            }
        }
    }

    private static Path picture(Path data, Path scratch) {
        try {
            return Ground.copy(data, scratch);
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    private static void failAtStep(Transition transition, int failing, Path scratch, List<String> violations)
            throws Exception {
        Path data = scratch.resolve("data");
        Switch fuse = new Switch();
        AtomicInteger steps = new AtomicInteger();
        Promises promises;
        try (Bench bench = new Bench(data, fuse)) {
            Object prepared = transition.prepare(bench);
            fuse.set(step -> {
                if (step != Step.ANSWER && steps.getAndIncrement() == failing) {
                    throw new IllegalStateException("a fault on purpose");
                }
            });
            try {
                transition.act(bench, prepared);
            } catch (BrokerException answered) {
                if (answered.httpStatus() < 500 || answered.body().error().isBlank()) {
                    violations.add("%s: a failed step was answered %d".formatted(transition, answered.httpStatus()));
                }
                fuse.set(WriteObserver.NONE);
                transition.act(bench, prepared);
            }
            promises = bench.ledger.promises();
        }
        Books books = Ground.books(data, scratch);
        check(transition, Audit.violations(books, kept(transition, promises)), violations);
        if (books.jobs().size() > promises.accepted().size()) {
            violations.add(transition + ": a failed step left a job behind");
        }
    }

    private static void check(Transition transition, List<String> found, List<String> violations) {
        found.forEach(sentence -> violations.add(transition + ": " + sentence));
    }

    /** An observer that can be exchanged while the broker runs. */
    private static final class Switch implements WriteObserver {
        private volatile WriteObserver present = WriteObserver.NONE;

        void set(WriteObserver next) {
            present = next;
        }

        @Override
        public void before(Step step) {
            present.before(step);
        }
    }
}
