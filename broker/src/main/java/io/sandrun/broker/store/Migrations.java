package io.sandrun.broker.store;

import io.sandrun.protocol.identity.Digest;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.List;
import org.jdbi.v3.core.Handle;

/**
 * Brings a database to the schema of this program. Each migration runs once, in one transaction with its entry in the
 * history; the history keeps the hash of its text, so a file edited after its release is refused instead of trusted.
 */
final class Migrations {
    /** In order; the place in this list is the version. Files are only ever added. */
    static final List<String> FILES = List.of(
            "V001__jobs_and_nodes.sql",
            "V002__jobs_of_class.sql",
            "V003__artifacts.sql",
            "V004__logs.sql",
            "V005__projects.sql",
            "V006__signatures.sql",
            "V007__node_origins.sql",
            "V008__verified_jobs.sql",
            "V009__receipts.sql",
            "V010__api_keys.sql",
            "V011__key_quotas.sql",
            "V012__starts.sql",
            "V013__verified_jobs_alone.sql",
            "V014__reputation_by_age.sql",
            "V015__failed_jobs_by_outcome.sql",
            "V016__probes.sql",
            "V017__jobs_by_client.sql",
            "V018__forgettable_jobs.sql",
            "V019__avoiding_by_client.sql",
            "V020__avoiding_until.sql",
            "V021__avoiding_until_now.sql",
            "V022__needs_have_disk.sql");

    private static final String FOLDER = "/io/sandrun/sql/migrations/";

    private final Clock clock;
    private final List<String> files;

    Migrations(Clock clock) {
        this(clock, FILES);
    }

    /** With a list of its own, for tests. */
    Migrations(Clock clock, List<String> files) {
        this.clock = clock;
        this.files = files;
    }

    /** @throws SchemaException if the database is newer than this program, or its history differs from the files */
    void run(Handle handle) {
        handle.execute(Statements.named("schema.create_version_table"));
        handle.useTransaction(transaction -> {
            List<Applied> history = history(transaction);
            check(history);
            for (int version = history.size() + 1; version <= files.size(); version++) {
                apply(transaction, version);
            }
        });
    }

    private record Applied(int version, String file, String sha256) {}

    private static List<Applied> history(Handle handle) {
        return handle.createQuery(Statements.named("schema.applied"))
                .map((row, context) ->
                        new Applied(row.getInt("version"), row.getString("file"), row.getString("sha256")))
                .list();
    }

    private void check(List<Applied> history) {
        if (history.size() > files.size()) {
            throw new SchemaException("The database has schema version " + history.size() + ", this program knows only "
                    + files.size() + ": start the newer sandrun that wrote it, or choose another data directory.");
        }
        for (Applied applied : history) {
            String file = files.get(applied.version - 1);
            if (!applied.file.equals(file) || !applied.sha256.equals(Digest.ofText(text(file)))) {
                throw new SchemaException("Migration " + applied.file + " ran on this database with another text than "
                        + "this program has for version " + applied.version + ": use the program that made it.");
            }
        }
    }

    private void apply(Handle handle, int version) {
        String file = files.get(version - 1);
        String text = text(file);
        handle.createScript(text).execute();
        handle.createUpdate(Statements.named("schema.record"))
                .bind("version", version)
                .bind("file", file)
                .bind("sha256", Digest.ofText(text))
                .bind("nowMs", clock.millis())
                .execute();
    }

    private static String text(String file) {
        try (InputStream in = Migrations.class.getResourceAsStream(FOLDER + file)) {
            if (in == null) {
                throw new SchemaException("The program lacks its migration " + file + ".");
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException broken) {
            throw new UncheckedIOException(broken);
        }
    }
}
