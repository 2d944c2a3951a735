package io.sandrun.benchmarks;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.sandrun.protocol.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * A container runtime that we compare with, asked for the same namespaces and tree. It has no filter, no limits and no
 * control groups, and is told what to run by a bundle, as the OCI runtime specification has it.
 */
final class Crun {
    private static final String PROGRAM = "/usr/bin/crun";

    private static final List<String> NAMESPACES = List.of("pid", "mount", "network", "ipc", "uts", "cgroup", "user");

    /** What is below the root, and of which kind: the kernel's own, or a memory disk. */
    private static final Map<String, String> MOUNTS =
            Map.of("/proc", "proc", "/dev", "tmpfs", "/tmp", "tmpfs", "/work", "tmpfs");

    private static final int JOB_ID = 1000;
    private static final int FIRST_OUTSIDE_ID = 100_000;

    private final Path scratch;
    private final String trouble;

    /** @param scratch where bundles are kept */
    Crun(Path scratch) throws IOException, InterruptedException {
        this.scratch = scratch;
        this.trouble = trouble(around(List.of("/usr/bin/true"), 0));
    }

    boolean runs() {
        return trouble.isEmpty();
    }

    /** Why it is not compared, in its own words; empty if it runs. */
    String trouble() {
        return trouble;
    }

    private static String trouble(List<String> command) throws InterruptedException {
        try {
            BriefRun run = BriefRun.of(new ProcessBuilder(command));
            return run.isGood() ? "" : "crun does not run here: " + run.said();
        } catch (IOException absent) {
            return "crun is not installed (Debian package crun)";
        }
    }

    /** @param loop which of those that run at the same time */
    List<String> around(List<String> command, int loop) throws IOException {
        Path bundle = scratch.resolve("crun-" + loop + "-" + Integer.toHexString(command.hashCode()));
        Path root = Files.createDirectories(bundle.resolve("rootfs"));
        for (String name : List.of("usr", "proc", "dev", "tmp", "work")) {
            Files.createDirectories(root.resolve(name));
        }
        for (String name : List.of("bin", "lib", "lib64")) {
            Files.deleteIfExists(root.resolve(name));
            Files.createSymbolicLink(root.resolve(name), Path.of("usr", name));
        }
        Files.writeString(bundle.resolve("config.json"), config(command).toString());
        String id = "sandrun-" + ProcessHandle.current().pid() + "-" + loop;
        String state = scratch.resolve("crun-state").toString();
        return List.of(PROGRAM, "--root", state, "--cgroup-manager=disabled", "run", "--bundle", bundle.toString(), id);
    }

    private static ObjectNode config(List<String> command) {
        ObjectNode config = Json.MAPPER.createObjectNode().put("ociVersion", "1.0.2");
        ObjectNode process = config.putObject("process").put("cwd", "/work").put("noNewPrivileges", true);
        process.putObject("user").put("uid", JOB_ID).put("gid", JOB_ID);
        process.putObject("capabilities");
        command.forEach(process.putArray("args")::add);
        process.putArray("env").add("PATH=/usr/bin").add("HOME=/tmp");
        config.putObject("root").put("path", "rootfs").put("readonly", true);
        ArrayNode mounts = config.putArray("mounts");
        ObjectNode system = mount(mounts, "/usr", "none").put("source", "/usr");
        system.putArray("options").add("rbind").add("ro").add("nosuid").add("nodev");
        MOUNTS.forEach((place, kind) -> mount(mounts, place, kind).put("source", kind));
        ObjectNode linux = config.putObject("linux");
        ArrayNode namespaces = linux.putArray("namespaces");
        NAMESPACES.forEach(name -> namespaces.addObject().put("type", name));
        for (String mappings : List.of("uidMappings", "gidMappings")) {
            ArrayNode array = linux.putArray(mappings);
            map(array, 0);
            map(array, JOB_ID);
        }
        return config;
    }

    private static ObjectNode mount(ArrayNode mounts, String place, String kind) {
        return mounts.addObject().put("destination", place).put("type", kind);
    }

    private static void map(ArrayNode mappings, int id) {
        mappings.addObject()
                .put("containerID", id)
                .put("hostID", FIRST_OUTSIDE_ID + id)
                .put("size", 1);
    }
}
