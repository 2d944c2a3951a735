package io.sandrun.runtime.cgroup;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/**
 * What the kernel's control group file system lets one do; a seam, so that other kernels' layouts can be tested here.
 */
interface ControlFiles {
    boolean exists(Path file);

    String read(Path file) throws IOException;

    /** One write(2) of the whole text: the kernel takes a value or refuses it. */
    void write(Path file, String text) throws IOException;

    /** Makes a group; fine if it is there already. */
    void makeDirectory(Path directory) throws IOException;

    /** Removes a group; fails while a process or a group is in it. */
    void removeDirectory(Path directory) throws IOException;

    /** The groups right below a group. */
    List<Path> directories(Path parent) throws IOException;
}
