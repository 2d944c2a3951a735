package io.sandrun.runtime.sandbox;

import io.sandrun.runtime.Cancellation;
import io.sandrun.runtime.InputFile;
import io.sandrun.runtime.Isolation;
import io.sandrun.runtime.Isolation.Layer;
import io.sandrun.runtime.Outcome;
import io.sandrun.runtime.RunLimits;
import io.sandrun.runtime.RunRequest;
import io.sandrun.runtime.RunResult;
import io.sandrun.runtime.SandboxUnavailableException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Finds out which layers are really on: sandbox-init itself runs as a job, prints what it sees, and this class judges.
 * Stateless.
 */
public final class IsolationProbe {
    private static final String PROGRAM = "probe";
    private static final int PROBED_OPEN_FILES = 77;
    private static final Map<String, String> NAMESPACES = Map.of(
            "user", "user-namespace",
            "mnt", "mount-namespace",
            "pid", "pid-namespace",
            "net", "network-namespace",
            "ipc", "ipc-namespace",
            "uts", "uts-namespace",
            "cgroup", "cgroup-namespace");
    private static final List<String> NAMESPACE_ORDER = List.of("user", "mnt", "pid", "net", "ipc", "uts", "cgroup");
    private static final String FULL_FAILURE = "this is a defect of Sandrun: please report it with this line";

    private IsolationProbe() {}

    /**
     * Runs the probe in a slot.
     *
     * @param program sandbox-init
     * @throws SandboxUnavailableException when no sandbox can be made here, with what to do about it
     */
    public static Isolation probe(
            SlotRunner slot, byte[] program, Map<String, String> active, Map<String, String> missing)
            throws SandboxUnavailableException {
        RunLimits limits = new RunLimits(
                Duration.ofSeconds(20),
                Duration.ofSeconds(10),
                1,
                64L << 20,
                8,
                PROBED_OPEN_FILES,
                16L << 20,
                64,
                1 << 16,
                1 << 20);
        RunRequest request = new RunRequest(
                List.of(Layout.WORK + "/" + PROGRAM, "probe"),
                Map.of(),
                new byte[0],
                List.of(new InputFile(PROGRAM, program, true)),
                List.of(),
                limits);
        RunResult result = slot.run(request, new Cancellation());
        if (result.outcome() != Outcome.OK) {
            throw new SandboxUnavailableException(result.reason() + Remedies.of(result.reason()));
        }
        ProbeReport report = ProbeReport.parse(new String(result.stdout().bytes(), StandardCharsets.UTF_8));
        List<Layer> layers = new ArrayList<>();
        namespaces(layers, report);
        process(layers, report);
        groups(layers, report);
        cgroups(layers, active, missing);
        layers.add(layer(
                "rlimits",
                report.openFilesLimit().equals(Integer.toString(PROBED_OPEN_FILES)),
                "open files limit inside is " + report.openFilesLimit(),
                FULL_FAILURE));
        return new Isolation(layers);
    }

    private static void namespaces(List<Layer> layers, ProbeReport report) throws SandboxUnavailableException {
        for (String kind : NAMESPACE_ORDER) {
            String inside = report.namespaces().getOrDefault(kind, "");
            boolean own = !inside.isEmpty() && !inside.equals(ownNamespace(kind));
            boolean holds = switch (kind) {
                case "net" -> own && report.interfaces().equals(List.of("lo"));
                case "pid" -> own && report.processes() <= 2;
                default -> own;
            };
            layers.add(layer(NAMESPACES.getOrDefault(kind, kind), holds, detail(kind, inside, report), FULL_FAILURE));
        }
    }

    private static String detail(String kind, String inside, ProbeReport report) {
        return switch (kind) {
            case "net" -> inside + ", interfaces " + report.interfaces();
            case "pid" -> inside + ", " + report.processes() + " processes visible";
            default -> inside;
        };
    }

    private static String ownNamespace(String kind) throws SandboxUnavailableException {
        try {
            return Files.readSymbolicLink(Path.of("/proc/self/ns/" + kind)).toString();
        } catch (IOException e) {
            throw new SandboxUnavailableException("The kernel does not tell its " + kind + " namespace: " + e, e);
        }
    }

    private static void process(List<Layer> layers, ProbeReport report) {
        layers.add(layer(
                "seccomp", report.status("Seccomp").equals("2"), "mode " + report.status("Seccomp"), FULL_FAILURE));
        layers.add(layer(
                "no-new-privs",
                report.status("NoNewPrivs").equals("1"),
                "NoNewPrivs " + report.status("NoNewPrivs"),
                FULL_FAILURE));
        layers.add(layer(
                "no-capabilities",
                report.hasNoCapabilities() && !report.attemptSucceeded("mount") && !report.attemptSucceeded("setuid"),
                "effective " + report.status("CapEff") + ", bounding " + report.status("CapBnd"),
                FULL_FAILURE));
        layers.add(layer(
                "uid-per-slot",
                report.hasOwnHostId(),
                "identity map " + report.identityMap(),
                "run the agent as root: only root can give each slot host users of its own"));
    }

    /** An ordinary user's groups stay: the kernel lets nobody leave a group that could deny him something. */
    private static void groups(List<Layer> layers, ProbeReport report) {
        layers.add(layer(
                "no-other-groups",
                report.hasNoOtherGroups(),
                "groups inside: " + report.status("Groups"),
                "run the agent as root, or as a user that is in no other group (systemd: leave out"
                        + " SupplementaryGroups=): what those groups may read, jobs may read where they see it"));
    }

    private static void cgroups(List<Layer> layers, Map<String, String> active, Map<String, String> missing) {
        for (String name : List.of("cgroup:memory", "cgroup:pids", "cgroup:cpu", "cgroup:cpu-share")) {
            String place = active.get(name);
            layers.add(
                    place != null
                            ? new Layer(name, true, place, "")
                            : new Layer(
                                    name,
                                    false,
                                    missing.getOrDefault(name, "no control group"),
                                    "run the agent as root, or as a systemd service with Delegate=yes"));
        }
    }

    private static Layer layer(String name, boolean active, String detail, String remedy) {
        return new Layer(name, active, detail, active ? "" : remedy);
    }
}
