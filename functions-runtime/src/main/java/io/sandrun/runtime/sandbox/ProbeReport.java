package io.sandrun.runtime.sandbox;

import io.sandrun.runtime.linux.Ids;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** What the probe printed: sections that begin with "# name", see probe.c. */
final class ProbeReport {
    private static final List<String> CAPABILITY_SETS = List.of("CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb");

    private final Map<String, List<String>> sections = new HashMap<>();

    private ProbeReport() {}

    static ProbeReport parse(String text) {
        ProbeReport report = new ProbeReport();
        List<String> lines = new ArrayList<>();
        for (String line : text.split("\n", -1)) {
            if (line.startsWith("# ")) {
                lines = new ArrayList<>();
                report.sections.put(line.substring(2), lines);
            } else {
                lines.add(line);
            }
        }
        return report;
    }

    private List<String> section(String name) {
        return sections.getOrDefault(name, List.of());
    }

    /** A field of /proc/self/status, empty when it is not there. */
    String status(String field) {
        for (String line : section("status")) {
            if (line.startsWith(field + ":")) {
                return line.substring(field.length() + 1).trim();
            }
        }
        return "";
    }

    boolean hasNoCapabilities() {
        return CAPABILITY_SETS.stream().allMatch(set -> status(set).matches("0+"));
    }

    /** Kind to link, such as "pid" to "pid:[4026532841]". */
    Map<String, String> namespaces() {
        Map<String, String> links = new HashMap<>();
        for (String line : section("namespaces")) {
            int colon = line.indexOf(':');
            if (colon > 0) {
                links.put(line.substring(0, colon), line);
            }
        }
        return links;
    }

    List<String> interfaces() {
        List<String> names = new ArrayList<>();
        for (String line : section("interfaces")) {
            int colon = line.indexOf(':');
            if (colon > 0) {
                names.add(line.substring(0, colon).trim());
            }
        }
        return names;
    }

    int processes() {
        return section("processes").size();
    }

    String identityMap() {
        return String.join(
                ", ",
                section("uid_map").stream()
                        .map(line -> line.trim().replaceAll(" +", " "))
                        .toList());
    }

    /** Whether the job's host id is one that neither the agent nor pid 1 has. */
    boolean hasOwnHostId() {
        List<String> map = section("uid_map");
        List<String> hostIds =
                map.stream().map(line -> line.trim().split(" +", -1)[1]).toList();
        return hostIds.size() == 2
                && !hostIds.get(0).equals(hostIds.get(1))
                && !hostIds.contains(Integer.toString(Ids.own().uid()));
    }

    /** Whether the job is in no group but its own; others have no number inside and all look like the same one. */
    boolean hasNoOtherGroups() {
        return status("Groups").isEmpty() || status("Groups").equals(Integer.toString(Identity.JOB_ID));
    }

    boolean attemptSucceeded(String name) {
        return section("attempts").contains(name + " 0");
    }

    String openFilesLimit() {
        for (String line : section("limits")) {
            if (line.startsWith("Max open files")) {
                return line.substring("Max open files".length()).trim().split(" +", -1)[0];
            }
        }
        return "";
    }
}
