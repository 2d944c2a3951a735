/** Folders become archives, and archives folders. Knows no broker. */
@NullMarked
package io.sandrun.cli.pack;

import org.jspecify.annotations.NullMarked;
