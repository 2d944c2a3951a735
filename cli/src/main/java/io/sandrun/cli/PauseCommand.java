package io.sandrun.cli;

import io.sandrun.node.policy.PauseFile.Pause;
import io.sandrun.node.policy.PolicyState.Page;
import io.sandrun.protocol.OwnerTerms;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The owner wants the machine for itself. */
@Command(
        name = "pause",
        mixinStandardHelpOptions = true,
        description = "Lets the node on this machine take no more work, until `resume`.")
final class PauseCommand implements Callable<Integer> {
    @Mixin
    OwnerOptions owner = new OwnerOptions();

    @Option(
            names = "--for",
            paramLabel = "TIME",
            converter = TimeSpan.class,
            description = "It ends by itself after that long, such as 90m, 2h or 1d12h.")
    @Nullable
    Duration time;

    @Option(
            names = "--give-back",
            description =
                    "Stop what runs at once and let others run it (default: as the policy says, else it goes on).")
    boolean giveBack;

    @Override
    public Integer call() throws IOException, InterruptedException {
        Instant until = time == null ? null : Instant.now().plus(time);
        owner.pauses().pause(new Pause(until, giveBack));
        Optional<Page> page = owner.await(now -> isOfThis(now, until));
        String ending = until == null ? "" : " until " + OwnerOptions.minutes(until);
        owner.show(
                page,
                page.isEmpty()
                        ? "paused" + ending + "; no node runs with these data now, one that starts takes no work"
                        : "paused" + ending + "; what runs " + (giveBack ? "is given back" : "goes on by the policy"));
        if (page.isPresent() && !isOfThis(page.get(), until)) {
            Console.complain("the node has not said yet that it knows; its log may tell why");
            return Sandrun.EXIT_FAILURE;
        }
        return 0;
    }

    private static boolean isOfThis(Page page, @Nullable Instant until) {
        OwnerTerms.Closed closed = page.closed();
        if (closed == null || !OwnerOptions.isPaused(page)) {
            return false;
        }
        Double end = closed.until();
        return until == null ? end == null : end != null && Math.round(end * 1e3) == until.toEpochMilli();
    }
}
