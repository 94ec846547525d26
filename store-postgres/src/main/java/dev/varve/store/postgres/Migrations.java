package dev.varve.store.postgres;

import java.util.Arrays;
import java.util.Objects;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.MigrationInfo;
import org.flywaydb.core.api.MigrationVersion;
import org.jspecify.annotations.Nullable;

/// Brings the schema to this program's version.
public final class Migrations {
    private Migrations() {}

    /// Applies what is missing. Safe from several processes at once: Flyway takes a lock in the database.
    ///
    /// @throws SchemaTooNewException when the database is ahead of this program; nothing was changed
    public static void apply(DataSource dataSource) {
        Flyway flyway = flyway(dataSource);
        refuseNewer(flyway);
        flyway.migrate();
    }

    /// Whether the schema is of this program's version. Changes nothing.
    public static boolean areApplied(DataSource dataSource) {
        Flyway flyway = flyway(dataSource);
        MigrationInfo[] all = flyway.info().all();
        return newest(all, true).compareTo(newest(all, false)) == 0
                && flyway.info().pending().length == 0;
    }

    private static Flyway flyway(DataSource dataSource) {
        return Flyway.configure()
                .dataSource(dataSource)
                .locations("classpath:db/migration")
                .loggers("slf4j")
                // Migrations made at the same time are merged in either order; each stands on the released ones only.
                .outOfOrder(true)
                .load();
    }

    private static void refuseNewer(Flyway flyway) {
        MigrationInfo[] all = flyway.info().all();
        MigrationVersion known = newest(all, false);
        MigrationVersion applied = newest(all, true);
        if (applied.compareTo(known) > 0) {
            throw new SchemaTooNewException(applied.toString(), known.toString());
        }
    }

    private static MigrationVersion newest(MigrationInfo[] all, boolean applied) {
        return Arrays.stream(all)
                .filter(info ->
                        applied ? info.getState().isApplied() : info.getState().isResolved())
                .<@Nullable MigrationVersion>map(MigrationInfo::getVersion)
                .filter(Objects::nonNull)
                .map(Objects::requireNonNull)
                .max(MigrationVersion::compareTo)
                .orElse(MigrationVersion.EMPTY);
    }
}
