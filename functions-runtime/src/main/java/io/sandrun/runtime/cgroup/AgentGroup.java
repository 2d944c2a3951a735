package io.sandrun.runtime.cgroup;

import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

/**
 * The agent's group in one hierarchy: parent of its slots' groups. In version 2 making it means stepping aside: a group
 * that hands controllers to its children may hold no processes, so the agent moves from its own group into a leaf, and
 * back again on leaving. The root of the hierarchy is exempt.
 */
final class AgentGroup {
    private static final System.Logger LOG = System.getLogger(AgentGroup.class.getName());

    static final String PREFIX = "sandrun-";
    private static final String LEAF = "agent";

    private final ControlFiles files;
    private final GroupDirectory own;
    private final GroupDirectory directory;
    private final Deque<Handed> handed = new ArrayDeque<>();
    private boolean aside;

    /** A control that a group hands to its children because we asked for it. */
    private record Handed(Path group, String controller) {}

    AgentGroup(ControlFiles files, GroupDirectory own, String agentName) {
        this.files = files;
        this.own = own;
        this.directory = own.child(PREFIX + agentName);
    }

    GroupDirectory directory() {
        return directory;
    }

    /**
     * Makes the group and, in version 2, steps aside and has the controllers handed down.
     *
     * @throws IOException if this user may not make groups here, or other processes share the agent's version 2 group;
     * all
     *     is as before then
     */
    void enter() throws IOException {
        files.makeDirectory(directory.directory());
        if (own.version() == 1) {
            return;
        }
        try {
            stepAside();
            hand(own.directory());
            hand(directory.directory());
        } catch (IOException e) {
            leave();
            throw e;
        }
    }

    private void stepAside() throws IOException {
        boolean isRoot = !files.exists(own.directory().resolve("cgroup.type"));
        if (isRoot) {
            return;
        }
        Path leaf = directory.directory().resolve(LEAF);
        files.makeDirectory(leaf);
        files.write(leaf.resolve("cgroup.procs"), ownPid());
        aside = true;
    }

    /** Makes a group hand every control that it has to its children. */
    private void hand(Path group) throws IOException {
        List<String> available = words(group.resolve("cgroup.controllers"));
        List<String> present = words(group.resolve("cgroup.subtree_control"));
        for (Control control : Control.values()) {
            String name = control.versionTwoName();
            if (available.contains(name) && !present.contains(name)) {
                files.write(group.resolve("cgroup.subtree_control"), "+" + name);
                handed.push(new Handed(group, name));
            }
        }
    }

    private List<String> words(Path file) throws IOException {
        return List.of(files.read(file).strip().split("\\s+", -1));
    }

    /** Undoes {@link #enter()}; what is still in a slot is waited for a bounded time. False if something stays. */
    boolean leave() {
        GroupRemoval removal = new GroupRemoval(files);
        try {
            boolean empty = true;
            for (Path child : files.directories(directory.directory())) {
                empty &= child.endsWith(LEAF) || removal.remove(child);
            }
            if (empty) {
                takeBack();
                stepBack(removal);
                return removal.remove(directory.directory());
            }
        } catch (IOException e) {
            // The next agent on this machine removes what stays.
            LOG.log(Level.DEBUG, "cannot leave {0}: {1}", directory, e.getMessage());
        }
        return false;
    }

    private void stepBack(GroupRemoval removal) throws IOException {
        if (aside) {
            files.write(own.directory().resolve("cgroup.procs"), ownPid());
            aside = false;
        }
        if (own.version() == 2) {
            removal.remove(directory.directory().resolve(LEAF));
        }
    }

    /** Last handed, first taken back: a group cannot take back what its children hand on. */
    private void takeBack() throws IOException {
        while (!handed.isEmpty()) {
            Handed last = handed.pop();
            files.write(last.group().resolve("cgroup.subtree_control"), "-" + last.controller());
        }
    }

    private static String ownPid() {
        return Long.toString(ProcessHandle.current().pid());
    }
}
