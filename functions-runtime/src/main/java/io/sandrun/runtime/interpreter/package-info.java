/**
 * Finds the interpreters of this machine that a sandbox can use.
 *
 * <p>Theory of operation. What is called {@code python3} on the PATH may be a script that chooses among many (pyenv,
 * nvm), so each candidate is started and asks itself: which file am I, which version, where is the rest of me. Its
 * answers tell what the sandbox must show besides the system directories, and whether the sandbox's user may read it.
 */
@NullMarked
package io.sandrun.runtime.interpreter;

import org.jspecify.annotations.NullMarked;
