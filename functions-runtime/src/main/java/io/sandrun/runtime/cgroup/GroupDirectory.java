package io.sandrun.runtime.cgroup;

import java.nio.file.Path;

/** A group: 1 or 2 for the version of its hierarchy, and where it is. */
record GroupDirectory(int version, Path directory) {
    GroupDirectory child(String name) {
        return new GroupDirectory(version, directory.resolve(name));
    }

    @Override
    public String toString() {
        return "v" + version + " at " + directory;
    }
}
