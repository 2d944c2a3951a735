/** Installs what jobs require before their programs run, and keeps what was installed for the next. */
@NullMarked
package io.sandrun.node.install;

import org.jspecify.annotations.NullMarked;
