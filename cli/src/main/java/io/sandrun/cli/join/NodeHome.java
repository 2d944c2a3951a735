package io.sandrun.cli.join;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Where the node of this machine lives: with the package, as a service of the system under a user of its own; else with
 * whoever calls, as a service of that user.
 *
 * @param settings its files
 * @param systemctl the words that reach its service manager; none where there is no such
 * @param user under whom it runs; nobody in particular where that is who calls
 * @param data its {@code --data}
 */
public record NodeHome(NodeSettings settings, List<String> systemctl, Optional<String> user, Path data) {
    public static final String SERVICE = "sandrun-node.service";

    /**
     * How long a stopped node may let its jobs finish. The units say a minute more until it is killed: so long it may
     * take to give back the rest and say goodbye to a broker that is silent.
     */
    public static final Duration STOP_PATIENCE = Duration.ofSeconds(60);

    /** States of a service, as its manager calls them: one that waits to be started anew is activating. */
    private static final Set<String> RUNNING = Set.of("active", "reloading", "activating");

    /** What the package has installed, and for whom. */
    private static final Path PACKAGED = Path.of("/usr/lib/sandrun/bin/sandrun");

    private static final List<Path> HIDDEN = List.of(Path.of("/home"), Path.of("/root"), Path.of("/run/user"));

    private static final String PACKAGED_USER = "sandrun-node";
    private static final Path SYSTEM_RUNS = Path.of("/run/systemd/system");

    public static NodeHome ofPackage() {
        return new NodeHome(
                new NodeSettings(Path.of("/etc/sandrun"), Optional.of(PACKAGED_USER)),
                Files.isDirectory(SYSTEM_RUNS) ? List.of("systemctl") : List.of(),
                Optional.of(PACKAGED_USER),
                Path.of("/var/lib/sandrun-node"));
    }

    /** @param configHome where that user's settings are, of services too */
    public static NodeHome ofUser(Path configHome, Path data) throws IOException, InterruptedException {
        List<String> systemctl = List.of("systemctl", "--user");
        boolean hasServices = Programs.succeeds(Programs.with(systemctl, "show-environment"));
        return new NodeHome(
                new NodeSettings(configHome.resolve("sandrun"), Optional.empty()),
                hasServices ? systemctl : List.of(),
                Optional.empty(),
                data);
    }

    /** Whether this program is root's, of the package. */
    public static boolean isPackaged(Optional<Path> launcher) {
        return launcher.filter(PACKAGED::equals).isPresent() && "root".equals(System.getProperty("user.name"));
    }

    /** Whether the node may read what lies there: the package's unit has {@code ProtectHome}. */
    public boolean sees(Path file) {
        return user.isEmpty() || HIDDEN.stream().noneMatch(file::startsWith);
    }

    public boolean hasServices() {
        return !systemctl.isEmpty();
    }

    /** Has the node's user call a command, and returns its exit code; what it says is said to whoever called us. */
    public int call(Path launcher, List<String> arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>();
        user.ifPresent(name -> command.addAll(List.of("runuser", "-u", name, "--")));
        command.add(launcher.toString());
        command.addAll(arguments);
        ProcessBuilder program = new ProcessBuilder(command);
        user.ifPresent(name -> program.environment().put("HOME", data.toString()));
        return Programs.exitCode(program);
    }

    /**
     * A node that runs holds its data: whoever wants to try another has to stop it, also where it has failed and is
     * about to be started anew. Tells whether one ran, or would have.
     */
    public boolean stop() throws IOException, InterruptedException {
        boolean runs = hasServices()
                && RUNNING.contains(
                        Programs.said(Programs.with(systemctl, "show", "--property=ActiveState", "--value", SERVICE)));
        if (runs) {
            Programs.run(Programs.with(systemctl, "stop", SERVICE));
        }
        return runs;
    }

    /** Starts what was stopped. */
    public void resume() throws IOException, InterruptedException {
        Programs.run(Programs.with(systemctl, "start", SERVICE));
    }

    /** Starts it now and whenever the machine, or its user's session, starts. */
    public void start(Path launcher, Path configHome) throws IOException, InterruptedException {
        if (user.isEmpty()) {
            Path units = Files.createDirectories(configHome.resolve("systemd").resolve("user"));
            Files.writeString(units.resolve(SERVICE), unit(launcher));
            Programs.run(Programs.with(systemctl, "daemon-reload"));
        }
        Programs.run(Programs.with(systemctl, "--quiet", "enable", SERVICE));
        Programs.run(Programs.with(systemctl, "restart", SERVICE));
    }

    private String unit(Path launcher) throws IOException {
        try (var resource = NodeHome.class.getResourceAsStream(SERVICE)) {
            if (resource == null) {
                throw new IOException("This build has no " + SERVICE + ".");
            }
            return new String(resource.readAllBytes(), StandardCharsets.UTF_8)
                    .replace("@LAUNCHER@", escaped(launcher))
                    .replace("@OPTIONS@", escaped(settings.options()));
        }
    }

    /** For a word in quotes of a unit. */
    private static String escaped(Path path) {
        return path.toString()
                .replace("\\", "\\\\")
                .replace("\"", "\\\"")
                .replace("%", "%%")
                .replace("$", "$$");
    }
}
