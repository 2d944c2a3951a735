/** What the live nodes have prepared, united. */
@NullMarked
package io.sandrun.broker.environment;

import org.jspecify.annotations.NullMarked;
