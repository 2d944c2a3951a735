/**
 * How a machine becomes a node for good: its settings in files, and the service that starts it. Knows no command line
 * but as text.
 */
@NullMarked
package io.sandrun.cli.join;

import org.jspecify.annotations.NullMarked;
