package io.sandrun.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;

/** The manual page of a command, made of what the command line itself is made of. */
final class ManPage {
    private static final Map<String, String> EXIT_STATUS = new TreeMap<>(Map.of(
            "0", "It was done.",
            "1", "It failed, and a line on standard error says why. `map`: some rows failed.",
            "2", "The command line cannot be meant.",
            "128+N", "Ended by the signal N."));

    /** Of those commands that serve. */
    private static final Map<String, String> LOG = new TreeMap<>(Map.of(
            "SANDRUN_LOG", "How much the log tells: DEBUG, INFO (the default), WARN or ERROR.",
            "SANDRUN_LOG_FORMAT", "How it is written, instead of `--log-format`."));

    private static final Map<String, String> ENVIRONMENT = new TreeMap<>(Map.of(
            "SANDRUN_URL", "The broker's address, instead of `--url`.",
            "SANDRUN_API_KEY", "The API key that is shown to it.",
            "SANDRUN_KEY_IN_CLEAR", "`true`: instead of `--key-in-clear`.",
            "SANDRUN_FINGERPRINT", "By what its certificate is known, instead of `--fingerprint`.",
            "SANDRUN_CA", "Who vouches for its certificate, instead of `--ca`.",
            "NO_COLOR", "Anything in it: no colours.",
            "SANDRUN_DEBUG", "Anything in it: an unforeseen failure is shown with the place where it happened."));

    private final CommandLine command;
    private final Roff page = new Roff();

    private ManPage(CommandLine command) {
        this.command = command;
    }

    static String of(CommandLine command) {
        return new ManPage(command).write();
    }

    /** The name of a command's page: {@code sandrun-key-create}. */
    static String name(CommandLine command) {
        return command.getCommandSpec().qualifiedName("-");
    }

    /** All commands, each after the one that it belongs to. */
    static Stream<CommandLine> all(CommandLine root) {
        return Stream.concat(
                Stream.of(root),
                root.getSubcommands().values().stream().distinct().flatMap(ManPage::all));
    }

    private String write() {
        CommandSpec spec = command.getCommandSpec();
        String description = String.join(" ", spec.usageMessage().description());
        page.title(name(command).toUpperCase(Locale.ROOT), new Version().getVersion()[0]);
        page.section("NAME").line(Roff.bold(name(command)) + " \\- " + firstSentence(description));
        page.section("SYNOPSIS").line(synopsis(spec));
        page.section("DESCRIPTION").text(description);
        parameters(spec);
        options(spec);
        subcommands();
        page.section("EXIT STATUS");
        if (spec.name().equals("run")) {
            page.text("That of the program, or one of these:");
        }
        EXIT_STATUS.forEach((status, meaning) -> page.item(Roff.bold(status), meaning));
        if (spec.name().equals("node")) {
            page.item(Roff.bold(String.valueOf(Sandrun.EXIT_REFUSED)), "Its API key is none or has ended.");
        }
        page.section("ENVIRONMENT");
        ENVIRONMENT.forEach((name, meaning) -> page.item(Roff.bold(name), meaning));
        if (spec.findOption("--log-format") != null) {
            LOG.forEach((name, meaning) -> page.item(Roff.bold(name), meaning));
        }
        seeAlso();
        return page.toString();
    }

    private static String firstSentence(String description) {
        int end = description.indexOf(". ");
        String sentence = end < 0 ? description : description.substring(0, end);
        return new Roff().text(sentence.replaceFirst("\\.$", "")).toString().strip();
    }

    private static String synopsis(CommandSpec spec) {
        String[] custom = spec.usageMessage().customSynopsis();
        if (custom.length > 0) {
            String name = spec.qualifiedName(" ");
            return Roff.bold(name) + Roff.roman(String.join(" ", custom).substring(name.length()));
        }
        List<String> words = new ArrayList<>(List.of(Roff.bold(spec.qualifiedName(" "))));
        words.add("[" + Roff.italic("OPTIONS") + "]");
        for (PositionalParamSpec parameter : spec.positionalParameters()) {
            String label = Roff.italic(parameter.paramLabel());
            String many = parameter.arity().max() > 1 ? "..." : "";
            words.add(parameter.required() ? label + many : "[" + label + many + "]");
        }
        if (!spec.subcommands().isEmpty()) {
            words.add(Roff.italic("COMMAND"));
        }
        return String.join(" ", words);
    }

    private void parameters(CommandSpec spec) {
        if (spec.positionalParameters().isEmpty()) {
            return;
        }
        page.section("ARGUMENTS");
        for (PositionalParamSpec parameter : spec.positionalParameters()) {
            page.item(Roff.italic(parameter.paramLabel()), text(parameter.description()));
        }
    }

    private void options(CommandSpec spec) {
        page.section("OPTIONS");
        for (OptionSpec option : spec.options()) {
            if (option.hidden()) {
                continue;
            }
            String names = Stream.of(option.names()).map(Roff::bold).collect(Collectors.joining(", "));
            String value = option.arity().max() == 0 ? "" : "=" + Roff.italic(option.paramLabel());
            page.item(names + value, text(option.description()));
        }
    }

    private void subcommands() {
        if (command.getSubcommands().isEmpty()) {
            return;
        }
        page.section("COMMANDS");
        command.getSubcommands().values().stream().distinct().forEach(each -> {
            String description =
                    String.join(" ", each.getCommandSpec().usageMessage().description());
            page.item(Roff.bold(name(each)) + "(1)", description);
        });
    }

    private void seeAlso() {
        CommandLine parent = command.getParent();
        if (parent != null) {
            page.section("SEE ALSO").line(Roff.bold(name(parent)) + "(1)");
        }
    }

    /** In the form in which picocli's own help formats it. */
    private static String text(String... description) {
        return String.join(" ", description).replace("%n", " ").replace("%%", "%");
    }
}
