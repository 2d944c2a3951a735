package io.sandrun.cli;

import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.AutoComplete;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** What makes a shell complete commands and options. */
@Command(
        name = "completion",
        mixinStandardHelpOptions = true,
        description = "Prints what makes a shell complete this command. Put `source <(sandrun completion bash)` into "
                + "~/.bashrc, or the same with zsh into ~/.zshrc.")
final class CompletionCommand implements Callable<Integer> {
    /** Both read the same script, which finds out by whom it is read. */
    enum Shell {
        BASH,
        ZSH
    }

    @Parameters(paramLabel = "SHELL", description = "bash or zsh.")
    Shell shell = Shell.BASH;

    @Spec
    @Nullable
    CommandSpec spec;

    @Override
    public Integer call() {
        CommandSpec root = Objects.requireNonNull(spec).root();
        Console.say(AutoComplete.bash(root.name(), root.commandLine()));
        return 0;
    }
}
