package io.sandrun.node.policy;

import io.sandrun.node.policy.OwnerPolicy.WhenClosed;
import io.sandrun.node.policy.PauseFile.Pause;
import io.sandrun.protocol.ClosedCause;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalDouble;
import org.jspecify.annotations.Nullable;

/** Says whether a node takes work: by its owner's policy, by hand, and by what it reads around it. For one thread. */
final class Judge {
    /** Of a reading that goes up and down: so long after it was out of bounds the machine is closed all the same. */
    private static final Duration CALM = Duration.ofSeconds(60);

    /**
     * At the first look, for seconds, or where the machine does not show it. What runs has that long: it is not stopped
     * only since a rule about the load has come.
     */
    private static final String UNTOLD = "not told yet how busy other programs keep it";

    private final Path stateDirectory;
    private final PowerSupplies power;
    private final OthersLoad others;
    private final Trouble load = new Trouble();
    private final Trouble disk = new Trouble();

    /** @param stateDirectory whose disk is to be kept free */
    Judge(Surroundings around, Path stateDirectory) {
        this.stateDirectory = stateDirectory;
        this.power = new PowerSupplies(around.powerSupplies());
        this.others = new OthersLoad(around.proc(), ProcessHandle.current().pid());
    }

    /** When a reading was out of bounds last, and how that reads. */
    private static final class Trouble {
        private @Nullable Instant last;
        private String words = "";

        void note(Instant now, String inWords) {
            last = now;
            words = inWords;
        }

        @Nullable
        String at(Instant now) {
            return last == null || !now.isBefore(last.plus(CALM)) ? null : words;
        }
    }

    /** As things are now; null if it takes work. */
    @Nullable
    Closure closure(OwnerPolicy policy, Optional<Pause> pause, Instant now) {
        Duration giveBackAfter = policy.whenClosed() == WhenClosed.GIVE_BACK ? policy.grace() : null;
        // Looked at each time, so that there is an average when it is asked for.
        OptionalDouble othersLoad = policy.maxLoad() == null ? OptionalDouble.of(0) : others.look(System.nanoTime());
        if (pause.isPresent()) {
            return new Closure(
                    ClosedCause.PAUSED,
                    "paused by its owner",
                    pause.get().until(),
                    pause.get().givesBack() ? Duration.ZERO : giveBackAfter);
        }
        if (!policy.hours().isOpen(now)) {
            Instant opens = policy.hours().changesAfter(now).orElse(null);
            return new Closure(ClosedCause.HOURS, "outside its hours", opens, giveBackAfter);
        }
        if (!policy.mayUseBattery() && power.isOnBattery()) {
            return new Closure(ClosedCause.BATTERY, "on battery", null, giveBackAfter);
        }
        if (othersLoad.isEmpty()) {
            return new Closure(
                    ClosedCause.LOAD, UNTOLD, null, giveBackAfter == null ? null : longer(giveBackAfter, CALM));
        }
        String tooBusy = policy.maxLoad() == null ? null : tooBusy(policy.maxLoad(), othersLoad.getAsDouble(), now);
        if (tooBusy != null) {
            return new Closure(ClosedCause.LOAD, tooBusy, null, giveBackAfter);
        }
        String tooFull = policy.keepFreeDiskMb() == 0 ? null : shortOfDisk(policy.keepFreeDiskMb(), now);
        return tooFull == null ? null : new Closure(ClosedCause.DISK, tooFull, null, giveBackAfter);
    }

    private static Duration longer(Duration one, Duration other) {
        return one.compareTo(other) > 0 ? one : other;
    }

    /** In words; null if it is not. */
    private @Nullable String tooBusy(double most, double cores, Instant now) {
        if (cores > most) {
            load.note(now, "busy with load %.1f of other programs, more than %.1f".formatted(cores, most));
        }
        return load.at(now);
    }

    private @Nullable String shortOfDisk(long keepMb, Instant now) {
        long freeMb = Surroundings.freeDiskMb(stateDirectory);
        if (freeMb < keepMb) {
            disk.note(now, "short of disk, with %d MiB free and %d to keep".formatted(freeMb, keepMb));
        }
        return disk.at(now);
    }
}
