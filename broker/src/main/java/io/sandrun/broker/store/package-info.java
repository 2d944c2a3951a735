/** The database. Jdbi, SQLite and the connection pool are known in this package only. */
@NullMarked
package io.sandrun.broker.store;

import org.jspecify.annotations.NullMarked;
