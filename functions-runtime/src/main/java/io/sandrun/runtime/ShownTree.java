package io.sandrun.runtime;

import java.nio.file.Path;

/**
 * A directory of the host that a sandbox shows read-only, under another name.
 *
 * @param host exists; directories above it may be private
 * @param inside absolute, below no other directory of the sandbox than its root
 */
public record ShownTree(Path host, String inside) {}
