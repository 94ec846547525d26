package dev.varve.store.postgres.tenant;

import dev.varve.destination.Destination;
import dev.varve.event.Platform;
import dev.varve.store.postgres.PostgresForTests;
import dev.varve.tenant.IngestApp;
import dev.varve.tenant.Mode;
import dev.varve.tenant.Vault;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.statement.SqlLogger;
import org.jdbi.v3.core.statement.StatementContext;

/// What one process remembers of one tenant, on a clock of its own, with a count of what it asks PostgreSQL for.
final class TenantCopies {
    /// Between two polls.
    static final Duration BEAT = Duration.ofMillis(200);

    private static final Vault OPEN = new Vault() {
        @Override
        public byte[] encrypt(byte[] plaintext, byte[] associatedData) {
            return plaintext;
        }

        @Override
        public byte[] decrypt(byte[] ciphertext, byte[] associatedData) {
            return ciphertext;
        }
    };

    /// Also the organization's, the layer's and the vault entry's.
    final UUID project = UUID.randomUUID();

    final String app = "app_" + project.toString().replace("-", "").substring(0, 24);
    final String pixel = "pixel-" + project;

    private final PostgresForTests postgres;
    private final AtomicLong nanos = new AtomicLong();
    private final AtomicInteger reads = new AtomicInteger();
    private volatile boolean isAway;
    private final TenantChanges changes;
    private final CachedDestinations destinations;
    private final CachedIngestApps apps;
    private final CachedPixelApps pixels;

    record View(Optional<Destination> destination, Optional<IngestApp> app, Set<String> appsOfPixel) {}

    TenantCopies(PostgresForTests postgres) {
        this.postgres = postgres;
        Jdbi counting = Jdbi.create(
                postgres.url(), postgres.server().user(), postgres.server().password());
        counting.setSqlLogger(new SqlLogger() {
            @Override
            public void logBeforeExecution(StatementContext context) {
                reads.incrementAndGet();
            }
        });
        Jdbi polling = Jdbi.create(() -> {
            if (isAway) {
                throw new SQLException("away");
            }
            return DriverManager.getConnection(
                    postgres.url(), postgres.server().user(), postgres.server().password());
        });
        changes = new TenantChanges(polling, nanos::get);
        destinations = CachedDestinations.open(counting, OPEN, (_, _) -> "http://localhost:1", changes);
        apps = CachedIngestApps.open(counting, changes);
        pixels = CachedPixelApps.open(counting, changes);
        insert();
    }

    private void insert() {
        for (String sql : List.of(
                "insert into organization (id, name, created_at, updated_at) values ('<id>', 'o', now(), now())",
                """
                insert into project (id, organization_id, mode, name, timezone, primary_language, target_gender,
                    created_at, updated_at) values ('<id>', '<id>', 'live', 'p', 'UTC', 'en', 'all', now(), now())""",
                "insert into vault_entry (id, organization_id, ciphertext, updated_at) values ('<id>', '<id>', 'token', now())",
                """
                insert into layer (id, project_id, platform, enabled, pixel_id, access_token_id, updated_at)
                    values ('<id>', '<id>', 'meta_ads', true, '<pixel>', '<id>', now())""",
                """
                insert into sdk_app (app_id, project_id, name, platform, app_key_sha256, created_at, last_rotated_at)
                    values ('<app>', '<id>', 'a', 'web', '', now(), now())""")) {
            sql(sql);
        }
    }

    /// Of another connection; `<id>`, `<app>` and `<pixel>` are this tenant's.
    void sql(String sql) {
        postgres.database().jdbi().useHandle(handle -> handle.execute(named(sql)));
    }

    String named(String sql) {
        return sql.replace("<id>", project.toString()).replace("<app>", app).replace("<pixel>", pixel);
    }

    View look() {
        return new View(
                destinations.find(new Destination.Key(project, Platform.META)),
                apps.find(app),
                pixels.reportingTo(Mode.LIVE, Platform.META, pixel));
    }

    /// So that polls tell of what is read from here on.
    void begin() {
        poll();
        look();
    }

    void poll() {
        pass(BEAT);
        changes.poll();
    }

    void pass(Duration time) {
        nanos.addAndGet(time.toNanos());
    }

    void changedHere() {
        destinations.changed(project);
        apps.changed(project);
    }

    /// Polls fail from here on, or succeed again.
    void away(boolean away) {
        isAway = away;
    }

    int reads() {
        return reads.get();
    }
}
