package io.sandrun.runtime.cgroup;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Finds, verifies and remembers the groups of one agent. Immutable after opening. */
final class AgentCgroups implements Cgroups {
    private static final long PROBE_MEMORY_BYTES = 64L << 20;
    private static final int PROBE_PROCESSES = 64;
    private static final double PROBE_CORES = 0.5;

    private final ControlFiles files;
    private final Path proc;
    private final GroupLedger ledger;
    private final Map<GroupDirectory, AgentGroup> entered = new LinkedHashMap<>();
    private final Map<GroupDirectory, IOException> refused = new HashMap<>();
    private final Map<Control, GroupDirectory> active = new EnumMap<>(Control.class);
    private final Map<String, String> missing = new LinkedHashMap<>();

    private AgentCgroups(ControlFiles files, Path proc, GroupLedger ledger) {
        this.files = files;
        this.proc = proc;
        this.ledger = ledger;
    }

    static AgentCgroups open(String agentName, Path stateDirectory, ControlFiles files, Path proc) {
        if (!agentName.matches("[\\w.-]{1,100}")) {
            throw new IllegalArgumentException("not a name for a directory: '" + agentName + "'");
        }
        GroupLedger ledger = new GroupLedger(stateDirectory, agentName);
        ledger.removeStale(files, proc);
        AgentCgroups cgroups = new AgentCgroups(files, proc, ledger);
        try {
            CgroupLayout layout = CgroupLayout.parse(
                    Files.readString(proc.resolve("self/cgroup")), Files.readString(proc.resolve("self/mountinfo")));
            cgroups.find(layout, agentName);
        } catch (IOException e) {
            for (Control control : Control.values()) {
                cgroups.missing.put(control.layer(), "cannot read " + e.getMessage());
            }
        }
        return cgroups;
    }

    private void find(CgroupLayout layout, String agentName) {
        for (Control control : Control.values()) {
            Optional<GroupDirectory> own =
                    layout.versionOne(control.versionOneName()).or(layout::versionTwo);
            if (own.isEmpty()) {
                missing.put(control.layer(), "no control group hierarchy has it");
                continue;
            }
            try {
                AgentGroup group = enter(own.get(), agentName);
                verify(control, group.directory().child("probe"));
                active.put(control, group.directory());
            } catch (IOException e) {
                missing.put(control.layer(), own.get() + ": " + reason(e));
            }
        }
        leaveUnused();
    }

    /** Two refusals are everyday, and their messages are only a file name. */
    private static String reason(IOException refusal) {
        if (refusal instanceof AccessDeniedException) {
            return "this user may not make groups there";
        }
        return refusal instanceof NoSuchFileException
                ? "the group was not given this controller"
                : String.valueOf(refusal.getMessage());
    }

    /** Several controls may live in one hierarchy, which is entered, or refuses, once. */
    private AgentGroup enter(GroupDirectory own, String agentName) throws IOException {
        AgentGroup present = entered.get(own);
        if (present != null) {
            return present;
        }
        IOException refusal = refused.get(own);
        if (refusal != null) {
            throw refusal;
        }
        AgentGroup group = new AgentGroup(files, own, agentName);
        try {
            removeStale(own.directory());
            ledger.note(group.directory().directory());
            group.enter();
        } catch (IOException e) {
            refused.put(own, e);
            throw e;
        }
        entered.put(own, group);
        return group;
    }

    private void removeStale(Path own) throws IOException {
        GroupRemoval removal = new GroupRemoval(files);
        for (Path sibling : files.directories(own)) {
            String name = sibling.getFileName().toString();
            if (name.startsWith(AgentGroup.PREFIX)
                    && ProcessName.isOfGoneProcess(proc, name.substring(AgentGroup.PREFIX.length()))) {
                removal.removeWithChildren(sibling);
            }
        }
    }

    /** Tries a control on a group without processes: a file that is not there or does not take a value throws. */
    private void verify(Control control, GroupDirectory probe) throws IOException {
        files.makeDirectory(probe.directory());
        try {
            switch (control) {
                case MEMORY -> {
                    MemoryControl memory = MemoryControl.of(files, probe);
                    memory.limit(PROBE_MEMORY_BYTES);
                    memory.usedBytes();
                    memory.oomKills();
                }
                case PROCESSES -> {
                    ProcessControl processes = new ProcessControl(files, probe.directory());
                    processes.limit(PROBE_PROCESSES);
                    processes.current();
                    processes.refusals();
                }
                case CPU_TIME -> new CpuTimeControl(files, probe).usedNanos();
                case CPU_SHARE -> new CpuShareControl(files, probe).limit(PROBE_CORES);
            }
        } finally {
            new GroupRemoval(files).remove(probe.directory());
        }
    }

    private void leaveUnused() {
        List<AgentGroup> unused = new ArrayList<>(entered.values());
        unused.removeIf(group -> active.containsValue(group.directory()));
        unused.forEach(AgentGroup::leave);
        entered.values().removeAll(unused);
    }

    @Override
    public SlotCgroup slot(int index) {
        return open("slot-" + index);
    }

    @Override
    public SlotCgroup zygote(int number) {
        return open("zygote-" + number);
    }

    private SlotCgroup open(String name) {
        Map<Control, GroupDirectory> groups = new EnumMap<>(Control.class);
        active.forEach((control, group) -> groups.put(control, group.child(name)));
        return AgentSlot.open(new SlotControls(files, groups), new LinkedHashSet<>(groups.values()), proc);
    }

    @Override
    public Map<String, String> layers() {
        Map<String, String> layers = new LinkedHashMap<>();
        active.forEach((control, group) -> layers.put(control.layer(), group.toString()));
        return layers;
    }

    @Override
    public Map<String, String> missing() {
        return Collections.unmodifiableMap(missing);
    }

    @Override
    public void close() {
        boolean left = true;
        for (AgentGroup group : entered.values()) {
            left &= group.leave();
        }
        entered.clear();
        if (left) {
            ledger.clear();
        }
    }
}
