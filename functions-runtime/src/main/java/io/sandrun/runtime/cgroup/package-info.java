/**
 * Limits and measures the processes of a slot by control groups, version 1, version 2 or a mix; what the host does not
 * give is measured by walking the process tree instead.
 *
 * <p>Theory of operation. On opening, each control (memory, processes, CPU time, CPU share) is looked for in the
 * agent's own group, tried out in a directory of its own, and counts as active only if what was written could be read
 * back. Each slot then has one directory per hierarchy in use, {@code <own group>/sandrun-<agent>/slot-<n>}, and each
 * zygote of the node one beside them. In version 2 a group with controllers may hold no processes, so the agent steps
 * aside into a leaf first. Everything here is plain files; the names and formats are those of the kernel's {@code
 * admin-guide/cgroup-v1} and {@code cgroup-v2} documents and of {@code proc(5)}.
 */
@NullMarked
package io.sandrun.runtime.cgroup;

import org.jspecify.annotations.NullMarked;
