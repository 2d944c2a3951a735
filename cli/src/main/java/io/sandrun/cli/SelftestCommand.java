package io.sandrun.cli;

import io.sandrun.protocol.Json;
import io.sandrun.runtime.SandboxUnavailableException;
import io.sandrun.runtime.attack.Attack;
import io.sandrun.runtime.attack.AttackSuite;
import io.sandrun.runtime.attack.AttackTable;
import io.sandrun.runtime.attack.Finding;
import io.sandrun.runtime.attack.Verdict;
import io.sandrun.runtime.attack.Way;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Tries on this machine's own sandboxes what a hostile job would try. */
@Command(
        name = "selftest",
        mixinStandardHelpOptions = true,
        description = {
            "Shows that this machine's sandboxes work: runs one job in each interpreter that is found.",
            "With --attack, shows that they hold: runs what a hostile job would try, as real jobs, and prints what "
                    + "became of it. Harmless to this machine. Exits with 1 if anything escaped."
        })
final class SelftestCommand implements Callable<Integer> {
    private static final Path PYTHON = Path.of("/usr/bin/python3");

    @Option(names = "--attack", description = "Run the escape suite.")
    boolean attack;

    @Option(
            names = "--only",
            paramLabel = "GROUP|NAME",
            description = "Only that group of attacks, or that attack; may be repeated.")
    List<String> only = List.of();

    /** How the processes that attack come to be, if not in a sandbox that is made for each of them. */
    static final class Starts {
        @Option(names = "--ready", description = "Try the attacks in sandboxes that were there before.")
        boolean ready;

        @Option(
                names = "--forked",
                description = "Try them out of processes that are forked, as Python jobs are, instead of executed. "
                        + "Needs /usr/bin/python3.")
        boolean forked;

        @Option(
                names = "--awaited",
                description = "Try them out of processes that were there before and have waited, as Node.js jobs are.")
        boolean awaited;

        Way way() {
            return ready ? Way.READY : forked ? Way.FORKED : awaited ? Way.AWAITED : Way.COLD;
        }
    }

    @ArgGroup
    Starts starts = new Starts();

    @Option(names = "--json", description = "Print the findings as JSON.")
    boolean json;

    @Override
    public Integer call() throws Exception {
        if (!attack) {
            if (!only.isEmpty() || starts.way() != Way.COLD) {
                throw new UsageException(
                        "--only, --ready, --forked and --awaited are about attacks: give --attack, too.");
            }
            return greet();
        }
        if (starts.forked && !Files.isExecutable(PYTHON)) {
            throw new UsageException("--forked needs %s, which is not there.".formatted(PYTHON));
        }
        List<Finding> findings = run(chosen());
        long escaped = count(findings, Verdict.ESCAPED);
        print(findings);
        Console.tell("%d held, %d escaped, %d not applicable"
                .formatted(count(findings, Verdict.HELD), escaped, count(findings, Verdict.NOT_APPLICABLE)));
        return escaped == 0 ? 0 : Sandrun.EXIT_FAILURE;
    }

    private int greet() throws IOException, SandboxUnavailableException {
        List<Greetings.Greeting> greetings = Greetings.all();
        if (json) {
            Console.say(Json.write(greetings));
        } else {
            Table table = new Table("INTERPRETER", "VERSION", "WORKS", "SEEN");
            greetings.forEach(greeting -> table.row(
                    greeting.interpreter(), greeting.version(), greeting.works() ? "yes" : "NO", greeting.seen()));
            table.print();
            Console.tell("this is a greeting; what hostile jobs can do is shown by --attack");
        }
        return greetings.stream().allMatch(Greetings.Greeting::works) ? 0 : Sandrun.EXIT_FAILURE;
    }

    private List<Attack> chosen() {
        List<Attack> all = AttackTable.attacks();
        for (String word : only) {
            if (all.stream().noneMatch(candidate -> candidate.isCalled(word))) {
                throw new UsageException("There is no attack and no group of attacks called %s. Groups: %s."
                        .formatted(
                                word,
                                String.join(
                                        ", ",
                                        all.stream()
                                                .map(Attack::group)
                                                .distinct()
                                                .toList())));
            }
        }
        return all.stream()
                .filter(candidate -> only.isEmpty() || only.stream().anyMatch(candidate::isCalled))
                .toList();
    }

    private List<Finding> run(List<Attack> attacks) throws IOException, SandboxUnavailableException {
        Path directory = Files.createTempDirectory("sandrun-selftest");
        Path shown = Files.createTempDirectory("sandrun-selftest-shown");
        try (AttackSuite suite = suite(directory, shown)) {
            return suite.run(attacks, progress(attacks.size() + 1));
        } finally {
            Files.deleteIfExists(directory);
            Files.deleteIfExists(shown.resolve(AttackSuite.PROGRAM));
            Files.deleteIfExists(shown);
        }
    }

    private AttackSuite suite(Path directory, Path shown) throws IOException, SandboxUnavailableException {
        return switch (starts.way()) {
            case COLD, READY -> AttackSuite.open(directory, starts.way());
            case FORKED -> AttackSuite.openForked(directory, PYTHON);
            case AWAITED -> {
                Files.setPosixFilePermissions(shown, PosixFilePermissions.fromString("rwxr-xr-x"));
                yield AttackSuite.openAwaited(directory, shown);
            }
        };
    }

    /** One line that is written over and over, for whoever watches. */
    private static Consumer<Finding> progress(int total) {
        int[] done = {0};
        return finding ->
                Console.progress(++done[0] == total ? "" : "%d of %d: %s".formatted(done[0], total, finding.attack()));
    }

    private void print(List<Finding> findings) {
        if (json) {
            Console.say(
                    Json.write(findings.stream().map(SelftestCommand::fields).toList()));
            return;
        }
        Table table = new Table("VERDICT", "GROUP", "ATTACK", "SEEN", "TRIES TO");
        findings.forEach(finding -> table.row(
                words(finding.verdict()), finding.group(), finding.attack(), finding.seen(), finding.tries()));
        table.print();
    }

    private static Map<String, String> fields(Finding finding) {
        return Map.of(
                "verdict", words(finding.verdict()),
                "group", finding.group(),
                "attack", finding.attack(),
                "seen", finding.seen(),
                "tries", finding.tries());
    }

    private static String words(Verdict verdict) {
        return verdict.name().replace('_', ' ');
    }

    private static long count(List<Finding> findings, Verdict verdict) {
        return findings.stream().filter(finding -> finding.verdict() == verdict).count();
    }
}
