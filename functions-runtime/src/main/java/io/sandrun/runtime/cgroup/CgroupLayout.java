package io.sandrun.runtime.cgroup;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Where this process's own groups are, from {@code /proc/self/cgroup} (which group) and {@code /proc/self/mountinfo}
 * (where its hierarchy is mounted, and from which group on).
 */
final class CgroupLayout {
    /** The key of the one hierarchy that names no controllers. */
    private static final String VERSION_TWO = "";

    private final Map<String, GroupDirectory> ownByController;

    private CgroupLayout(Map<String, GroupDirectory> ownByController) {
        this.ownByController = Map.copyOf(ownByController);
    }

    static CgroupLayout parse(String selfCgroup, String mountinfo) {
        Map<String, String> groupByController = new HashMap<>();
        selfCgroup
                .lines()
                .map(line -> line.split(":", 3))
                .filter(parts -> parts.length == 3)
                .forEach(parts -> {
                    for (String controller : parts[1].split(",", -1)) {
                        groupByController.put(controller, parts[2]);
                    }
                });
        Map<String, GroupDirectory> own = new HashMap<>();
        for (String line : mountinfo.lines().toList()) {
            Mount.parse(line)
                    .ifPresent(mount -> mount.controllers().forEach(controller -> {
                        String group = groupByController.get(controller);
                        if (group != null) {
                            mount.locate(group).ifPresent(directory -> own.putIfAbsent(controller, directory));
                        }
                    }));
        }
        return new CgroupLayout(own);
    }

    Optional<GroupDirectory> versionOne(String controller) {
        return Optional.ofNullable(ownByController.get(controller));
    }

    Optional<GroupDirectory> versionTwo() {
        return Optional.ofNullable(ownByController.get(VERSION_TWO));
    }

    /** One line of mountinfo: field 4 is the group that is mounted, field 5 the place, the type follows a lone dash. */
    private record Mount(int version, String group, Path place, List<String> controllers) {
        static Optional<Mount> parse(String line) {
            int dash = line.indexOf(" - ");
            String[] before = line.split(" ", -1);
            if (dash < 0 || before.length < 6) {
                return Optional.empty();
            }
            String[] after = line.substring(dash + 3).split(" ", -1);
            String group = unescape(before[3]);
            Path place = Path.of(unescape(before[4]));
            return switch (after[0]) {
                case "cgroup" -> Optional.of(new Mount(1, group, place, List.of(after[2].split(",", -1))));
                case "cgroup2" -> Optional.of(new Mount(2, group, place, List.of(VERSION_TWO)));
                default -> Optional.empty();
            };
        }

        /** Nothing if the mount does not show that group (another container's, or above a namespace's root). */
        Optional<GroupDirectory> locate(String wanted) {
            Path root = Path.of(group);
            Path path = Path.of(wanted);
            if (!path.startsWith(root) || wanted.contains("/..")) {
                return Optional.empty();
            }
            return Optional.of(new GroupDirectory(
                    version, place.resolve(root.relativize(path)).normalize()));
        }

        /** Blanks and the like are octal in mountinfo. */
        private static String unescape(String field) {
            return field.replace("\\040", " ")
                    .replace("\\011", "\t")
                    .replace("\\012", "\n")
                    .replace("\\134", "\\");
        }
    }
}
