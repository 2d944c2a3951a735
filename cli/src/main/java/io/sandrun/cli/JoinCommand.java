package io.sandrun.cli;

import com.fasterxml.jackson.databind.JsonNode;
import io.sandrun.cli.join.NodeHome;
import io.sandrun.protocol.BrokerAddress;
import io.sandrun.protocol.BrokerClient;
import io.sandrun.protocol.identity.ApiKey;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/**
 * Makes this machine a node for good: sees whether the broker is there and takes it, writes down how, and starts the
 * service. What is tried is the node itself, under the user that it will have, so that nothing is said here that it
 * does not do. Doing it again changes what is said anew, and nothing else.
 */
@Command(
        name = "join",
        mixinStandardHelpOptions = true,
        description = {
            "Makes this machine a node of a broker, now and after every start.",
            "Tries whether its sandboxes work and the broker takes it, keeps the settings, and starts a service: with "
                    + "the Debian package, as root, one of the system; else one of yours, or, where nothing starts "
                    + "services, serves until told to stop. May be repeated, with other options or another broker.",
            "Exits with 75 where an admin has to put this node on the broker's list first, and with 77 where the "
                    + "broker wants another API key."
        })
final class JoinCommand implements Callable<Integer> {
    private static final Duration HEALTH_PATIENCE = Duration.ofSeconds(10);

    /** What is about this command, or is kept in another form than it was said. */
    private static final Set<String> OWN =
            Set.of("--no-start", "--foreground", "--fingerprint", "--ca", "--api-key-file", "--key-in-clear");

    @Parameters(paramLabel = "URL", description = "The broker's address, such as https://10.0.0.5:8000.")
    String url = "";

    @Option(names = "--no-start", description = "Only try it and keep the settings.")
    boolean isNotStarted;

    @Option(names = "--foreground", description = "Serve until told to stop, rather than as a service.")
    boolean isInForeground;

    @Mixin
    TrustOptions trust = new TrustOptions();

    @Mixin
    ApiKeyOptions apiKey = new ApiKeyOptions();

    @Mixin
    NodeServerOptions node = new NodeServerOptions();

    @Spec
    @Nullable
    CommandSpec spec;

    @Override
    public Integer call() throws Exception {
        Optional<Path> launcher =
                Optional.ofNullable(System.getProperty("sandrun.launcher")).map(Path::of);
        BrokerAddress broker = address();
        NodeHome home = NodeHome.isPackaged(launcher)
                ? NodeHome.ofPackage()
                : NodeHome.ofUser(UserEnvironment.configHome(), new DataOption().broker());
        node.config(broker, home.data());
        boolean isService = launcher.isPresent() && home.hasServices() && !isInForeground;
        if (isService && node.drainSeconds > NodeHome.STOP_PATIENCE.toSeconds()) {
            throw new UsageException(
                    "--drain-seconds of a service must be 0 to %d, not %s: later it is killed with its jobs."
                            .formatted(NodeHome.STOP_PATIENCE.toSeconds(), node.drainSeconds));
        }
        tellHealth(new BrokerClient(broker, null));

        boolean ran = home.stop();
        try {
            List<String> arguments = arguments(broker, home);
            int verdict = attempt(launcher, home, arguments);
            if (verdict != 0 && verdict != Sandrun.EXIT_WAITING) {
                return verdict;
            }
            home.settings().keep(arguments);
            Console.tell("the settings are in " + home.settings().options());
            if (isNotStarted) {
                return verdict;
            }
            ran = false;
            return isService ? startService(launcher.get(), home, verdict) : serve(home);
        } finally {
            if (ran) {
                home.resume();
            }
            home.settings().forgetUnnamed();
        }
    }

    private BrokerAddress address() {
        URI parsed = BrokerOptions.parse(url);
        BrokerAddress address = trust.address(parsed);
        return address.withApiKey(apiKey.keyFor(address));
    }

    private static void tellHealth(BrokerClient client) throws IOException {
        JsonNode health = client.health(HEALTH_PATIENCE);
        if (!health.path("version").isTextual()) {
            throw new IOException(
                    client.url() + " answers, and is no Sandrun broker: look whether the address is right.");
        }
        Console.tell(Console.escaped("%s is a broker with %d nodes, version %s"
                .formatted(
                        client.url(),
                        health.path("active_nodes").asInt(),
                        health.path("version").asText())));
    }

    /** All that the node needs to be told, in words that hold for its user and in any folder. */
    private List<String> arguments(BrokerAddress broker, NodeHome home) throws IOException {
        List<String> arguments = new ArrayList<>(List.of("--data", home.data().toString()));
        arguments.addAll(List.of("--broker", broker.url().toString()));
        List<String> trusted = new ArrayList<>(trust.arguments());
        if (trusted.contains("--ca")) {
            trusted.set(1, home.settings().copy(Path.of(trusted.get(1))).toString());
        }
        arguments.addAll(trusted);
        ApiKey key = broker.apiKey();
        if (key != null) {
            Path kept = home.settings().secret(key.id(), key.text());
            arguments.addAll(List.of("--api-key-file", kept.toString()));
        }
        if (apiKey.mayBeInClear()) {
            arguments.add("--key-in-clear");
        }
        Path policy = home.settings().policy();
        if (node.policy == null && Files.exists(policy)) {
            arguments.addAll(List.of("--policy", policy.toString()));
        }
        arguments.addAll(optionsOfNode(home));
        return arguments;
    }

    private List<String> optionsOfNode(NodeHome home) {
        List<String> arguments = new ArrayList<>();
        for (OptionSpec option :
                Objects.requireNonNull(spec).commandLine().getParseResult().matchedOptions()) {
            if (OWN.contains(option.longestName())) {
                continue;
            }
            if (option.arity().max() == 0) {
                arguments.add(option.longestName());
                continue;
            }
            for (String value : option.originalStringValues()) {
                arguments.add(option.longestName());
                arguments.add(option.type() == Path.class ? file(option, value, home) : value);
            }
        }
        return arguments;
    }

    private static String file(OptionSpec option, String value, NodeHome home) {
        Path file = Path.of(value).toAbsolutePath().normalize();
        if (!home.sees(file)) {
            throw new UsageException("%s names %s: the service sees no home folders, so put it into %s."
                    .formatted(option.longestName(), file, home.settings().folder()));
        }
        return file.toString();
    }

    /** The node itself, for a moment: in a process of its user where that is another one. */
    private static int attempt(Optional<Path> launcher, NodeHome home, List<String> arguments) throws Exception {
        List<String> command = new ArrayList<>(List.of("node", "--try"));
        command.addAll(arguments);
        return launcher.isPresent()
                ? home.call(launcher.get(), command)
                : Sandrun.execute(command.toArray(String[]::new));
    }

    private static int startService(Path launcher, NodeHome home, int verdict)
            throws IOException, InterruptedException {
        home.start(launcher, UserEnvironment.configHome());
        String journal = home.user().isPresent() ? "journalctl -u " : "journalctl --user -u ";
        Console.tell("%s runs, now and after every start; %s%s -f shows what it does"
                .formatted(NodeHome.SERVICE, journal, NodeHome.SERVICE));
        if (home.user().isEmpty()) {
            Console.tell("it ends with your last session, unless `loginctl enable-linger` lets it go on");
        }
        return verdict;
    }

    private int serve(NodeHome home) {
        String options = "@" + home.settings().options();
        if (home.user().isPresent()) {
            Console.tell("nothing here starts services. The node is started by: runuser -u %s -- sandrun node %s"
                    .formatted(home.user().get(), options));
            return 0;
        }
        Console.tell("serves until told to stop; the next time: sandrun node " + options);
        return Sandrun.execute("node", options);
    }
}
