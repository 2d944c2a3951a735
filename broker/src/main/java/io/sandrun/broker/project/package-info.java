/** Projects: uploads of files with a manifest, checked and turned into jobs. */
@NullMarked
package io.sandrun.broker.project;

import org.jspecify.annotations.NullMarked;
