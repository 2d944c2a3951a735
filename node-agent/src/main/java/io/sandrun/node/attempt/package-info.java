/**
 * One attempt on its way through its steps: what is known of it, and the steps that need nothing but the sandbox. Other
 * steps stand beside what they use.
 */
@NullMarked
package io.sandrun.node.attempt;

import org.jspecify.annotations.NullMarked;
