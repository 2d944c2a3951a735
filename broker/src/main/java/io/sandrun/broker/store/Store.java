package io.sandrun.broker.store;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.function.Function;
import org.jdbi.v3.core.Jdbi;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteConnection;
import org.sqlite.SQLiteDataSource;

/**
 * The database of one broker: a SQLite file in WAL mode, one writing connection with group commit, and a pool of
 * read-only connections. Thread-safe.
 */
public final class Store implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Store.class);

    /** Reads are short and the cores few; a read that waits for a connection is no worse off than one for a core. */
    private static final int READERS = 4;

    /** How long a read waits for a connection, and any connection for SQLite's lock, milliseconds. */
    private static final int LOCK_TIMEOUT_MS = 5_000;

    /** Page cache of each connection, KiB; SQLite takes negative numbers as KiB. */
    private static final int CACHE_KIB = 8 * 1024;

    /**
     * The write-ahead log is moved into the database when it has this many pages of 4 KiB, and not SQLite's usual 1000:
     * the same few pages change with every job, so a longer log is moved for fewer writes and fewer waits for the disk.
     * A start after a crash reads these 16 MiB in some tens of milliseconds.
     */
    private static final int LOG_PAGES = 4_096;

    private final HikariDataSource readerPool;

    /** What each reading connection was made into; there are as many as {@link #READERS}. */
    private final Map<SQLiteConnection, Tables> readers = new ConcurrentHashMap<>();

    private final SQLiteConnection writing;
    private final GroupCommitWriter writer;

    private Store(HikariDataSource readerPool, SQLiteConnection writing, WriteObserver observer, CommitWatch watch) {
        this.readerPool = readerPool;
        this.writing = writing;
        this.writer = new GroupCommitWriter(new StoreConnection(writing, observer), observer, watch);
    }

    /**
     * Opens the file, makes it if it is absent, and brings its schema up to date.
     *
     * @throws SchemaException if the schema is newer than this program or was changed
     */
    public static Store open(Path file, Clock clock) {
        return open(file, clock, WriteObserver.NONE, CommitWatch.NONE);
    }

    /** Likewise, with those who watch the writing connection and its transactions. */
    public static Store open(Path file, Clock clock, WriteObserver observer, CommitWatch watch) {
        SQLiteConnection writing = connect(file);
        try {
            // Not closed: the handle would close the connection with it.
            new Migrations(clock).run(Jdbi.open(writing));
            // The pool opens read-only connections, which cannot make the file: it must exist by now.
            Store store = new Store(pool(file), writing, observer, watch);
            store.writer.start();
            return store;
        } catch (RuntimeException failed) {
            close(writing);
            throw failed;
        }
    }

    private static SQLiteConnection connect(Path file) {
        try {
            return dataSource(file, writing()).getConnection().unwrap(SQLiteConnection.class);
        } catch (SQLException refused) {
            throw new StoreUnavailableException("The store cannot be opened: " + refused.getMessage(), refused);
        }
    }

    private static void close(SQLiteConnection connection) {
        try {
            connection.close();
        } catch (SQLException failed) {
            LOG.warn("The store did not close cleanly: {}", failed.toString());
        }
    }

    /** Queues an operation; the answer comes after it is on disk. See {@link GroupCommitWriter#writeEach}. */
    public <T, R> CompletableFuture<R> write(WriteOperation<T> operation, Function<T, R> afterCommit) {
        return writer.writeEach(List.of(new Write<>(operation, afterCommit))).get(0);
    }

    /** Queues several operations for one commit; each has its own answer, and one that fails is undone alone. */
    public <T, R> List<CompletableFuture<R>> writeEach(List<Write<T, R>> writes) {
        return writer.writeEach(writes);
    }

    /** Likewise, with nothing to be done between the commit and the answer. */
    public <T> CompletableFuture<T> write(WriteOperation<T> operation) {
        return write(operation, Function.identity());
    }

    /**
     * For what follows a commit and takes time, but waits for nobody: in quiet times whoever brought the operation does
     * it, when its turn as the writer is over; else it is left to others.
     */
    public Executor afterCommit(Executor others) {
        return task -> {
            if (!writer.doAfterTurn(task)) {
                others.execute(task);
            }
        };
    }

    /**
     * Reads what is committed. Blocks for a connection; must not be called on the writer's thread.
     *
     * @throws StoreUnavailableException if the disk refuses
     */
    public <T> T read(Function<Tables, T> reading) {
        try (Connection pooled = readerPool.getConnection()) {
            return reading.apply(readers.computeIfAbsent(
                    pooled.unwrap(SQLiteConnection.class),
                    physical -> new Tables(new StoreConnection(physical, WriteObserver.NONE))));
        } catch (SQLException unavailable) {
            throw new StoreUnavailableException("No connection to the store is free.", unavailable);
        } catch (StatementFailed failed) {
            throw DiskTrouble.in(failed)
                    .<RuntimeException>map(Function.identity())
                    .orElse(failed);
        }
    }

    @Override
    public void close() {
        writer.close();
        readerPool.close();
        close(writing);
    }

    private static SQLiteConfig shared() {
        SQLiteConfig config = new SQLiteConfig();
        config.setBusyTimeout(LOCK_TIMEOUT_MS);
        config.setCacheSize(-CACHE_KIB);
        config.enforceForeignKeys(true);
        // Nobody asks the driver for them, and it would run a statement of its own after each insert.
        config.setGetGeneratedKeys(false);
        return config;
    }

    private static SQLiteConfig writing() {
        SQLiteConfig config = shared();
        config.setJournalMode(SQLiteConfig.JournalMode.WAL);
        config.setSynchronous(SQLiteConfig.SynchronousMode.FULL);
        config.setPragma(SQLiteConfig.Pragma.WAL_AUTOCHECKPOINT, Integer.toString(LOG_PAGES));
        config.setTransactionMode(SQLiteConfig.TransactionMode.IMMEDIATE);
        return config;
    }

    private static SQLiteDataSource dataSource(Path file, SQLiteConfig config) {
        SQLiteDataSource source = new SQLiteDataSource(config);
        source.setUrl("jdbc:sqlite:" + file);
        return source;
    }

    private static HikariDataSource pool(Path file) {
        SQLiteConfig reading = shared();
        reading.setReadOnly(true);
        HikariConfig config = new HikariConfig();
        config.setPoolName("sandrun-readers");
        config.setDataSource(dataSource(file, reading));
        config.setReadOnly(true);
        config.setMaximumPoolSize(READERS);
        config.setConnectionTimeout(LOCK_TIMEOUT_MS);
        // A local file's connections do not go stale.
        config.setMaxLifetime(0);
        config.setIdleTimeout(0);
        return new HikariDataSource(config);
    }
}
