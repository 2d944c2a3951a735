package io.sandrun.cli;

import io.sandrun.node.policy.PolicyException;
import io.sandrun.node.policy.PolicyFile;
import io.sandrun.node.policy.PolicyState.Page;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** What is allowed on this machine. */
@Command(
        name = "policy",
        mixinStandardHelpOptions = true,
        description = "Shows the policy by which the node on this machine works, and whether it takes work now.")
final class PolicyCommand implements Callable<Integer> {
    @Mixin
    OwnerOptions owner = new OwnerOptions();

    @Option(names = "--check", paramLabel = "FILE", description = "Only say whether a policy can be read, and why not.")
    @Nullable
    Path check;

    @Override
    public Integer call() throws PolicyException {
        if (check != null) {
            PolicyFile read = new PolicyFile(check, false);
            Console.say(owner.json ? read.written().toString() : Console.escaped(check + " can be used"));
            return 0;
        }
        Optional<Page> page = owner.page();
        if (page.isEmpty()) {
            owner.show(page, "no node runs with these data now");
            return 0;
        }
        owner.show(page, inWords(page.get()));
        if (!page.get().fault().isEmpty()) {
            Console.complain("this is not in force: " + page.get().fault());
            return Sandrun.EXIT_FAILURE;
        }
        return 0;
    }

    private static String inWords(Page page) {
        StringBuilder text = new StringBuilder();
        if (page.policy().isEmpty()) {
            text.append("no rules; they would stand in ")
                    .append(Console.escaped(page.policyFile()))
                    .append('\n');
        } else {
            text.append("by ").append(Console.escaped(page.policyFile())).append('\n');
            page.policy()
                    .properties()
                    .forEach(rule -> text.append("  %-18s %s%n"
                            .formatted(
                                    rule.getKey(),
                                    Console.escaped(rule.getValue().toString()))));
        }
        return text.append(OwnerOptions.standing(page)).toString();
    }
}
