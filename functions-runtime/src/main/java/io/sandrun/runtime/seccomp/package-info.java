/**
 * The system calls that a job may make, as data, and their translation into the kernel's filter language.
 *
 * <p>Theory of operation. {@code policy.txt} says what is allowed and why; {@code syscalls-*.txt} give the numbers of
 * each architecture. {@link io.sandrun.runtime.seccomp.SeccompPolicy} turns both into an array of {@code struct
 * sock_filter}, which the sandbox installs as its last step before exec. Nothing here makes a system call.
 */
@NullMarked
package io.sandrun.runtime.seccomp;

import org.jspecify.annotations.NullMarked;
