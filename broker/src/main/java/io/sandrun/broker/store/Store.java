package io.sandrun.broker.store;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.JdbiException;
import org.jdbi.v3.core.statement.SqlStatements;
import org.jdbi.v3.core.statement.StatementBuilder;
import org.jdbi.v3.core.statement.StatementBuilderFactory;
import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteDataSource;

/**
 * The database of one broker: a SQLite file in WAL mode, one writing connection with group commit, and a pool of
 * read-only connections. Thread-safe.
 */
public final class Store implements AutoCloseable {
    /** Reads are short and the cores few; a read that waits for a connection is no worse off than one for a core. */
    private static final int READERS = 4;

    /** How long a read waits for a connection, and any connection for SQLite's lock, milliseconds. */
    private static final int LOCK_TIMEOUT_MS = 5_000;

    /** Page cache of each connection, KiB; SQLite takes negative numbers as KiB. */
    private static final int CACHE_KIB = 8 * 1024;

    private final HikariDataSource readerPool;
    private final Jdbi readers;
    private final Handle writeHandle;
    private final GroupCommitWriter writer;

    private Store(HikariDataSource readerPool, Handle writeHandle, WriteObserver observer) {
        this.readerPool = readerPool;
        this.readers = configured(Jdbi.create(readerPool));
        this.writeHandle = writeHandle;
        this.writer = new GroupCommitWriter(writeHandle, observer);
    }

    /**
     * Opens the file, makes it if it is absent, and brings its schema up to date.
     *
     * @throws SchemaException if the schema is newer than this program or was changed
     */
    public static Store open(Path file, Clock clock) {
        return open(file, clock, WriteObserver.NONE);
    }

    /** Likewise, with someone who watches the writing connection. */
    public static Store open(Path file, Clock clock, WriteObserver observer) {
        Jdbi jdbi = configured(Jdbi.create(dataSource(file, writing())));
        jdbi.setStatementBuilderFactory(statementsKept(observer));
        Handle handle = jdbi.open();
        try {
            new Migrations(clock).run(handle);
            // The pool opens read-only connections, which cannot make the file: it must exist by now.
            Store store = new Store(pool(file), handle, observer);
            store.writer.start();
            return store;
        } catch (RuntimeException failed) {
            handle.close();
            throw failed;
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
     * Reads what is committed. Blocks for a connection; must not be called on the writer's thread.
     *
     * @throws StoreUnavailableException if the disk refuses
     */
    public <T> T read(Function<Tables, T> reading) {
        try {
            return readers.withHandle(handle -> reading.apply(new Tables(handle)));
        } catch (JdbiException failed) {
            throw DiskTrouble.in(failed)
                    .<RuntimeException>map(Function.identity())
                    .orElse(failed);
        }
    }

    @Override
    public void close() {
        writer.close();
        readerPool.close();
        writeHandle.close();
    }

    private static Jdbi configured(Jdbi jdbi) {
        // Our statements are whole: "<" in them is a comparison and never the start of a template.
        jdbi.getConfig(SqlStatements.class).setTemplateEngine((template, context) -> template);
        return jdbi;
    }

    private static StatementBuilderFactory statementsKept(WriteObserver observer) {
        StatementBuilder kept = new PreparedOnce(observer);
        return connection -> kept;
    }

    private static SQLiteConfig shared() {
        SQLiteConfig config = new SQLiteConfig();
        config.setBusyTimeout(LOCK_TIMEOUT_MS);
        config.setCacheSize(-CACHE_KIB);
        config.enforceForeignKeys(true);
        return config;
    }

    private static SQLiteConfig writing() {
        SQLiteConfig config = shared();
        config.setJournalMode(SQLiteConfig.JournalMode.WAL);
        config.setSynchronous(SQLiteConfig.SynchronousMode.FULL);
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
