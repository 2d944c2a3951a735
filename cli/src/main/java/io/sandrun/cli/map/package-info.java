/** Many jobs of one program, one for each row of a file, so that an interrupted run goes on where it was. */
@NullMarked
package io.sandrun.cli.map;

import org.jspecify.annotations.NullMarked;
