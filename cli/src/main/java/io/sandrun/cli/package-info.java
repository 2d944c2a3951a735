/** The sandrun command. */
@NullMarked
package io.sandrun.cli;

import org.jspecify.annotations.NullMarked;
