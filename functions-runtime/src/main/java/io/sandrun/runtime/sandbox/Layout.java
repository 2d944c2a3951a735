package io.sandrun.runtime.sandbox;

import io.sandrun.runtime.Door;
import io.sandrun.runtime.RunLimits;
import io.sandrun.runtime.RunRequest;
import io.sandrun.runtime.ShownTree;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What a job sees: the one page that lists every path of a sandbox. Makes the plan of phase prepare; reads the host
 * only through {@link HostFiles}. Not thread-safe; one instance per plan.
 *
 * <p>It has two parts. What nothing in a sandbox can change is fixed: a sandbox below a template has the template's, of
 * which its mount namespace is a copy. What belongs to one sandbox alone is made afresh for each.
 */
final class Layout {
    static final String WORK = "/work";

    /** MOUNT_ATTR_ flags of mount_setattr(2). */
    private static final long READ_ONLY = 0x1;

    private static final long NO_SUID = 0x2;
    private static final long NO_DEVICES = 0x4;
    private static final long NO_EXEC = 0x8;
    private static final long HOST_TREE = READ_ONLY | NO_SUID | NO_DEVICES;
    private static final long HOST_DEVICE = READ_ONLY | NO_SUID | NO_EXEC;

    /** What is mounted once more stays as restricted as it is. */
    private static final long SAME = 0;

    /** MS_ flags of mount(2): nosuid 2, nodev 4, noexec 8, read-only 1. */
    private static final long PROC_FLAGS = 0x1 | 0x2 | 0x4 | 0x8;

    private static final long DISK_FLAGS = 0x2 | 0x4;

    /** Whoever carries out the plan stays the owner. */
    private static final int CREATOR = -1;

    private static final int OPEN_DIRECTORY = 0755;
    private static final int STICKY_DIRECTORY = 01777;
    private static final int PUBLIC_FILE = 0644;

    /** Any directory that every Linux has: the new root is mounted over it, unseen by the host. */
    private static final String STAGE = "/tmp";

    /** Enough for directories and the small files of /etc; nothing of the job is on it, and it ends read-only. */
    private static final String ROOT_OPTIONS = "size=1m,nr_inodes=1k,mode=0755";

    /** For what imports keep, which every job of the zygote is given: see hatch.py. */
    private static final long TEMPLATE_DISK_BYTES = 1 << 20;

    private static final long TEMPLATE_DISK_INODES = 32;

    /** Its oom_score_adj: below a job's, above the resident's. */
    private static final int TEMPLATE_VICTIM = 600;

    /** Inodes of the disk that are ours: its root and one per part. */
    private static final int OWN_INODES = 4;

    private static final List<String> SYSTEM_LINKS = List.of("/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32");

    /** Each is public on any distribution, and some interpreter or library does not start without it. */
    private static final List<String> ETC_OF_HOST = List.of(
            "/etc/ld.so.cache",
            "/etc/alternatives",
            "/etc/localtime",
            "/etc/ssl/certs",
            "/etc/ssl/openssl.cnf",
            "/etc/pki/tls/certs",
            "/etc/fonts",
            "/etc/matplotlibrc",
            "/etc/R");

    private static final List<String> DEVICES = List.of("null", "zero", "full", "random", "urandom");

    /**
     * What tells of the host, or of the agent's user, and not of the sandbox: it reads as empty. The rest of /proc can
     * be read and not written: sys, sysrq-trigger, irq, bus and fs among it.
     */
    private static final List<String> HIDDEN_IN_PROC = List.of(
            "/proc/acpi",
            "/proc/asound",
            "/proc/cmdline",
            "/proc/interrupts",
            "/proc/kcore",
            "/proc/key-users",
            "/proc/keys",
            "/proc/latency_stats",
            "/proc/sched_debug",
            "/proc/scsi",
            "/proc/timer_list",
            "/proc/timer_stats");

    /** Empty wherever a job is; in a template, what makes the zygote lies over it. */
    static final String EMPTY_DIRECTORY = "/var/empty";

    /** Parts of the one disk, each at its place. */
    private static final List<String> DISK = List.of(WORK, "/tmp", "/dev/shm");

    private static final String TOOLS_OPTIONS = "size=1m,nr_inodes=16,mode=0755";

    /** Where a caller's path would hide the system or show what must not be shown. */
    private static final List<String> CLOSED_TREES = List.of("/proc", "/sys", "/dev");

    private static final Set<String> CLOSED_PATHS = Set.of("/", "/etc", WORK, "/tmp", "/usr", "/root", "/home", "/var");

    private final HostFiles host;
    private final PlanWriter plan;
    private final Set<String> made = new HashSet<>(Set.of("/"));
    private final Set<String> bound = new HashSet<>();

    private Layout(HostFiles host, PlanWriter plan) {
        this.host = host;
        this.plan = plan;
    }

    /**
     * What tells one file system from another.
     *
     * @param shownTrees directories of the host under names of their own
     * @param hasDoor whether the agent gets a listener on the loopback
     */
    record Wanted(
            Room room,
            long diskBytes,
            long diskInodes,
            List<Path> readOnlyPaths,
            List<ShownTree> shownTrees,
            boolean hasDoor) {
        static Wanted of(Room room, RunRequest request) {
            RunLimits limits = request.limits();
            return new Wanted(
                    room,
                    limits.diskBytes(),
                    limits.diskInodes(),
                    request.readOnlyPaths(),
                    request.shownTrees(),
                    request.door() != null);
        }

        /** The same in another room. */
        Wanted in(Room other) {
            return new Wanted(other, diskBytes, diskInodes, readOnlyPaths, shownTrees, hasDoor);
        }

        /** What shows the same as the request's, for a zygote, which writes what its imports do. */
        static Wanted ofTemplate(RunRequest request) {
            return new Wanted(
                    Room.TEMPLATE,
                    TEMPLATE_DISK_BYTES,
                    TEMPLATE_DISK_INODES,
                    request.readOnlyPaths(),
                    request.shownTrees(),
                    false);
        }
    }

    /** The PREPARE message of a sandbox. */
    static byte[] plan(long id, Identity identity, Wanted wanted, HostFiles host) throws IOException {
        return plan(id, identity, wanted, host, Map.of());
    }

    /**
     * Likewise.
     *
     * @param planted content of files at other paths than everything else, which can be read and not written
     */
    static byte[] plan(long id, Identity identity, Wanted wanted, HostFiles host, Map<String, byte[]> planted)
            throws IOException {
        PlanWriter plan = PlanWriter.prepare(id);
        plan.identity(identity, wanted.room()).hostname("sandrun");
        Layout layout = new Layout(host, plan);
        if (wanted.room() != Room.NESTED) {
            layout.fixed(wanted, planted);
        }
        layout.fresh(wanted);
        return plan.share(WORK).toBytes();
    }

    /** What a template has mounted for its zygote, and no sandbox below it shall have. */
    static void leave(PlanWriter plan) {
        DISK.forEach(plan::unmount);
        plan.unmount(EMPTY_DIRECTORY);
    }

    private void fixed(Wanted wanted, Map<String, byte[]> planted) throws IOException {
        plan.stage(STAGE, ROOT_OPTIONS);
        system();
        etc();
        devices();
        DISK.forEach(this::directory);
        directory("/proc");
        directory(EMPTY_DIRECTORY);
        readOnly(wanted.readOnlyPaths().stream().filter(path -> !isOnDisk(path)).toList());
        trees(wanted.shownTrees());
        if (wanted.room() == Room.TEMPLATE) {
            plan.mount("tmpfs", EMPTY_DIRECTORY, TOOLS_OPTIONS, DISK_FLAGS);
            planted.forEach(this::bytes);
            plan.seal(EMPTY_DIRECTORY, HOST_TREE);
        } else {
            planted.forEach(this::bytes);
        }
        plan.seal("/", HOST_TREE);
    }

    private void fresh(Wanted wanted) throws IOException {
        disk(wanted);
        readOnly(wanted.readOnlyPaths().stream().filter(Layout::isOnDisk).toList());
        proc(wanted.room());
        if (wanted.hasDoor()) {
            plan.door(Door.PORT);
        }
    }

    private void system() throws IOException {
        bind("/usr");
        for (String path : SYSTEM_LINKS) {
            likeHost(path);
        }
        directory("/var");
        plan.symlink("/tmp", "/var/tmp");
    }

    private void etc() throws IOException {
        directory("/etc");
        text("/etc/passwd", "sandrun:x:1000:1000::/work:/bin/sh\nnobody:x:65534:65534::/:/usr/sbin/nologin\n");
        text("/etc/group", "sandrun:x:1000:\nnogroup:x:65534:\n");
        text("/etc/hosts", "127.0.0.1 localhost sandrun\n::1 localhost\n");
        text("/etc/hostname", "sandrun\n");
        text("/etc/resolv.conf", "");
        text("/etc/nsswitch.conf", "passwd: files\ngroup: files\nhosts: files\n");
        for (String path : ETC_OF_HOST) {
            likeHost(path);
        }
    }

    private void devices() {
        directory("/dev");
        for (String name : DEVICES) {
            text("/dev/" + name, "");
            plan.bind("/dev/" + name, "/dev/" + name, HOST_DEVICE);
        }
        plan.symlink("/proc/self/fd", "/dev/fd");
        plan.symlink("/proc/self/fd/0", "/dev/stdin");
        plan.symlink("/proc/self/fd/1", "/dev/stdout");
        plan.symlink("/proc/self/fd/2", "/dev/stderr");
    }

    /**
     * The kernel mounts a /proc below a template only where the template's own hides nothing, and pid 1 of a sandbox
     * there writes into it once. What can be written to in it is the host's root's alone.
     */
    private void proc(Room room) {
        if (room == Room.TEMPLATE) {
            plan.mount("proc", "/proc", "", PROC_FLAGS & ~0x1L).victim(TEMPLATE_VICTIM);
            return;
        }
        plan.mount("proc", "/proc", "", PROC_FLAGS);
        for (String path : HIDDEN_IN_PROC) {
            switch (host.kind(path)) {
                case DIRECTORY -> plan.rebind(EMPTY_DIRECTORY, path, SAME);
                case FILE, SYMLINK -> plan.rebind("/dev/null", path, SAME);
                case ABSENT -> {}
            }
        }
    }

    /** One tmpfs, so that one budget covers all that a job can write. Its root ends up covered by its own part. */
    private void disk(Wanted wanted) {
        String options =
                "size=" + wanted.diskBytes() + ",nr_inodes=" + (wanted.diskInodes() + OWN_INODES) + ",mode=0755";
        plan.mount("tmpfs", WORK, options, DISK_FLAGS);
        part("work", OPEN_DIRECTORY);
        part("tmp", STICKY_DIRECTORY);
        part("shm", STICKY_DIRECTORY);
        plan.rebind(WORK + "/tmp", "/tmp", SAME);
        plan.rebind(WORK + "/shm", "/dev/shm", NO_EXEC);
        plan.rebind(WORK + "/work", WORK, SAME);
    }

    private void part(String name, int mode) {
        plan.directory(WORK + "/" + name, mode, Identity.JOB_ID, Identity.JOB_ID);
    }

    private void readOnly(List<Path> paths) throws InvalidRequestException {
        for (Path path : paths) {
            String name = path.toString();
            if (!path.isAbsolute() || !path.normalize().equals(path) || isClosed(name)) {
                throw new InvalidRequestException("The read-only path " + name + " cannot be shown in a sandbox.");
            }
            if (host.kind(name) == HostFiles.Kind.ABSENT) {
                throw new InvalidRequestException("The read-only path " + name + " does not exist on this node.");
            }
            if (!name.startsWith("/usr/") && !isShownAlready(name)) {
                bind(name);
            }
        }
    }

    /** Each at a place of its own in the root, where nothing else is. */
    private void trees(List<ShownTree> trees) throws InvalidRequestException {
        for (ShownTree tree : trees) {
            String name = tree.inside();
            boolean isPlain = name.startsWith("/") && name.length() > 1 && name.indexOf('/', 1) < 0;
            if (!isPlain
                    || name.equals("/..")
                    || made.contains(name)
                    || SYSTEM_LINKS.contains(name)
                    || isClosed(name)) {
                throw new InvalidRequestException("A tree cannot be shown as " + name + " in a sandbox.");
            }
            if (!host.isDirectory(tree.host().toString())) {
                throw new InvalidRequestException("The directory for " + name + " does not exist on this node.");
            }
            directory(name);
            plan.bind(tree.host().toString(), name, HOST_TREE);
        }
    }

    private static boolean isClosed(String path) {
        return CLOSED_PATHS.contains(path)
                || CLOSED_TREES.stream().anyMatch(tree -> path.equals(tree) || path.startsWith(tree + "/"));
    }

    /** Whether a sandbox shows it only on a disk of its own. */
    static boolean isOnDisk(Path path) {
        return DISK.stream().anyMatch(place -> path.startsWith(place));
    }

    private boolean isShownAlready(String path) {
        return bound.stream().anyMatch(tree -> path.equals(tree) || path.startsWith(tree + "/"));
    }

    private void likeHost(String path) throws IOException {
        switch (host.kind(path)) {
            case SYMLINK -> {
                parentOf(path);
                plan.symlink(host.linkTarget(path), path);
            }
            case FILE, DIRECTORY -> bind(path);
            case ABSENT -> {}
        }
    }

    private void bind(String path) {
        if (host.isDirectory(path)) {
            directory(path);
        } else {
            text(path, "");
        }
        plan.bind(path, path, HOST_TREE);
        bound.add(path);
    }

    private void text(String path, String content) {
        bytes(path, content.getBytes(StandardCharsets.UTF_8));
    }

    private void bytes(String path, byte[] content) {
        parentOf(path);
        plan.file(path, PUBLIC_FILE, content);
    }

    private void parentOf(String path) {
        int slash = path.lastIndexOf('/');
        if (slash > 0) {
            directory(path.substring(0, slash));
        }
    }

    private void directory(String path) {
        if (made.add(path)) {
            parentOf(path);
            plan.directory(path, OPEN_DIRECTORY, CREATOR, CREATOR);
        }
    }
}
