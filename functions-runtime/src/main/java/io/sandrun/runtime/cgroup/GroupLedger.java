package io.sandrun.runtime.cgroup;

import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;

/**
 * A file that says where this agent makes groups, written before they are made: an agent that is killed cannot remove
 * them, and the next may start in another session or service, from which nobody would look there. One file per agent,
 * named after its process; one thread.
 */
final class GroupLedger {
    private static final System.Logger LOG = System.getLogger(GroupLedger.class.getName());
    private static final String FILE_PREFIX = "groups-";

    private final Path directory;
    private final Path own;

    GroupLedger(Path directory, String agentName) {
        this.directory = directory;
        this.own = directory.resolve(FILE_PREFIX + agentName);
    }

    /** @throws IOException if it cannot be written: then the group must not be made */
    void note(Path group) throws IOException {
        try {
            Files.writeString(
                    own, group + "\n", StandardCharsets.UTF_8, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        } catch (IOException e) {
            throw new IOException("cannot write down the group that is to be made: " + e, e);
        }
    }

    /** Forgets what this agent has made. */
    void clear() {
        delete(own);
    }

    /** Removes what agents that are gone have left; what is still in use is kept for the next time. */
    void removeStale(ControlFiles files, Path proc) {
        GroupRemoval removal = new GroupRemoval(files);
        try (DirectoryStream<Path> ledgers = Files.newDirectoryStream(directory, FILE_PREFIX + "*")) {
            for (Path ledger : ledgers) {
                String agentName = ledger.getFileName().toString().substring(FILE_PREFIX.length());
                if (ProcessName.isOfGoneProcess(proc, agentName) && removeAll(ledger, agentName, removal)) {
                    delete(ledger);
                }
            }
        } catch (IOException e) {
            LOG.log(Level.WARNING, "cannot look for groups of earlier agents: {0}", e.toString());
        }
    }

    private static boolean removeAll(Path ledger, String agentName, GroupRemoval removal) throws IOException {
        List<String> groups = Files.readAllLines(ledger, StandardCharsets.UTF_8);
        boolean removed = true;
        for (String group : groups) {
            // Whatever else has come into the file is not ours to remove.
            if (group.endsWith("/" + AgentGroup.PREFIX + agentName)) {
                removed &= removal.removeWithChildren(Path.of(group));
            }
        }
        return removed;
    }

    private static void delete(Path file) {
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            LOG.log(Level.WARNING, "cannot remove {0}: {1}", file, e.toString());
        }
    }
}
