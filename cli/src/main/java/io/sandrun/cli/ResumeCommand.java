package io.sandrun.cli;

import io.sandrun.node.policy.PolicyState.Page;
import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** The owner lends the machine again. */
@Command(
        name = "resume",
        mixinStandardHelpOptions = true,
        description = "Ends what `pause` began: the node on this machine takes work again, as its policy allows.")
final class ResumeCommand implements Callable<Integer> {
    @Mixin
    OwnerOptions owner = new OwnerOptions();

    @Override
    public Integer call() throws IOException, InterruptedException {
        String was = owner.pauses().resume() ? "resumed" : "it was not paused";
        Optional<Page> page = owner.await(now -> !OwnerOptions.isPaused(now));
        owner.show(
                page,
                was + page.map(now -> "; " + OwnerOptions.standing(now)).orElse("; no node runs with these data now"));
        if (page.filter(OwnerOptions::isPaused).isPresent()) {
            Console.complain("the node has not said yet that it knows; its log may tell why");
            return Sandrun.EXIT_FAILURE;
        }
        return 0;
    }
}
