package io.sandrun.runtime;

import java.nio.file.Path;

/**
 * A file that the command finds in /work, copied from one of the host's however large it is.
 *
 * @param path relative to /work, slashes between names, no empty name, "." or ".."
 * @param source read once, to its end
 */
public record HostCopy(String path, Path source) {}
