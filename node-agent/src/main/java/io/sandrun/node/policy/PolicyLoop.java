package io.sandrun.node.policy;

import io.sandrun.node.policy.PauseFile.Pause;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps to what the owner of this machine allows: looks when the policy or a pause is written, when hours begin or end,
 * and every few seconds at what no event tells of. {@link #ruling()} may be asked by anyone; the rest is for the thread
 * that runs it.
 */
public final class PolicyLoop {
    private static final Logger log = LoggerFactory.getLogger(PolicyLoop.class);

    /** How late a change of the files is noticed where the file system tells nothing. */
    private static final Duration FILES_EVERY = Duration.ofSeconds(15);

    private static final String FILE_NAME = "policy.json";

    private final PolicyFile file;
    private final PauseFile pauseFile;
    private final PolicyState state;
    private final Surroundings around;
    private final Judge judge;
    private volatile Ruling ruling = Ruling.FREE;
    private Ruling heeded = Ruling.FREE;
    private @Nullable Instant giveBackAt;

    /** What a node does about it. On the loop's thread. */
    public interface Heed {
        /** Another ruling holds from now on. */
        void changed(Ruling now);

        /** The node has been closed for so long that running jobs are to be given back. */
        void giveBack();
    }

    /**
     * Reads the policy for the first time, and rules.
     *
     * @param named the policy's file; null for that of the state directory, which may be absent
     * @param stateDirectory of the node
     * @throws PolicyException if the policy cannot be read
     */
    public PolicyLoop(@Nullable Path named, Path stateDirectory, Surroundings around) throws PolicyException {
        Path path = named == null ? stateDirectory.resolve(FILE_NAME) : named;
        this.file = new PolicyFile(path, named == null);
        this.pauseFile = new PauseFile(stateDirectory);
        this.state = new PolicyState(stateDirectory);
        this.around = around;
        this.judge = new Judge(around, stateDirectory);
        rule(around.clock().instant());
        this.heeded = ruling;
        state.write(ruling, file);
    }

    /** What holds now. */
    public Ruling ruling() {
        return ruling;
    }

    /** Until its thread is interrupted. Who heeds it is not told of the first ruling. */
    public void run(Heed heed) {
        try (FileChanges changes = new FileChanges(List.of(file.file(), pauseFile.file()))) {
            while (true) {
                // At once when it begins: something may have been written since it was made.
                lookOrTell(heed);
                changes.await(pause(around.clock().instant()));
            }
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
        } finally {
            state.remove();
        }
    }

    private void lookOrTell(Heed heed) {
        try {
            look(heed);
        } catch (RuntimeException broken) {
            log.error("The owner's policy could not be followed; this is tried again", broken);
        }
    }

    private void look(Heed heed) {
        String faultBefore = file.fault();
        file.look();
        Instant now = around.clock().instant();
        rule(now);
        if (!ruling.isStill(heeded) || !file.fault().equals(faultBefore)) {
            state.write(ruling, file);
        }
        if (!ruling.isStill(heeded)) {
            tell();
            heed.changed(ruling);
            heeded = ruling;
        }
        Instant due = giveBackAt;
        if (due != null && !now.isBefore(due)) {
            giveBackAt = null;
            heed.giveBack();
        }
    }

    private void rule(Instant now) {
        OwnerPolicy policy = file.policy();
        Optional<Pause> pause = pauseFile.at(now);
        Ruling next = new Ruling(policy, judge.closure(policy, pause, now));
        Ruling before = ruling;
        if (next.isStill(before)) {
            return;
        }
        ruling = next;
        Closure closure = next.closure();
        if (closure == null || closure.giveBackAfter() == null) {
            giveBackAt = null;
        } else if (before.isOpen() || !closure.giveBackAfter().equals(beforeGiveBackAfter(before))) {
            giveBackAt = now.plus(closure.giveBackAfter());
        }
    }

    private static @Nullable Duration beforeGiveBackAfter(Ruling before) {
        Closure closure = before.closure();
        return closure == null ? null : closure.giveBackAfter();
    }

    private void tell() {
        Closure closure = ruling.closure();
        if (closure != null) {
            log.info("This node takes no work: it is {}{}", closure.words(), until(closure.until()));
        } else if (!heeded.isOpen()) {
            log.info("This node takes work again");
        } else {
            log.info("This node works by another policy from now on");
        }
    }

    private static String until(@Nullable Instant until) {
        return until == null ? "" : ", until " + until;
    }

    /** Until something may be different. */
    private Duration pause(Instant now) {
        Closure closure = ruling.closure();
        Instant end = closure == null ? null : closure.until();
        Duration longest = ruling.policy().needsReadings() ? around.lookEvery() : FILES_EVERY;
        return Stream.of(
                        Optional.ofNullable(end),
                        Optional.ofNullable(giveBackAt),
                        ruling.policy().hours().changesAfter(now))
                .flatMap(Optional::stream)
                .map(then -> Duration.between(now, then))
                .filter(left -> !left.isNegative())
                .min(Duration::compareTo)
                .filter(left -> left.compareTo(longest) < 0)
                // Behind it and not before: clocks of computers are coarse.
                .map(left -> left.plusMillis(1))
                .orElse(longest);
    }
}
