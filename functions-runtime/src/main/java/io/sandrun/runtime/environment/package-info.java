/**
 * Environments: a named tool chain with packages, seen to work in a sandbox before anybody is promised it.
 *
 * <p>A definition says what there should be. A probe imports all of it in a sandbox and tells which versions it met;
 * only then there is a {@link io.sandrun.runtime.environment.PreparedEnvironment}, named by a digest of what was met.
 * What the probe looked at is kept as {@link io.sandrun.runtime.environment.Witness witnesses}: as long as they have
 * not changed, neither has the answer.
 */
@NullMarked
package io.sandrun.runtime.environment;

import org.jspecify.annotations.NullMarked;
