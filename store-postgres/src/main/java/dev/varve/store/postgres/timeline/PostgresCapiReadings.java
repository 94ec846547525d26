package dev.varve.store.postgres.timeline;

import static dev.varve.store.postgres.tenant.Columns.instantOrNull;
import static dev.varve.store.postgres.tenant.Columns.uuid;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.varve.destination.Destination;
import dev.varve.event.Platform;
import dev.varve.health.CapiFacts;
import dev.varve.health.CapiReading;
import dev.varve.health.CapiReadings;
import dev.varve.tenant.Projects;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;

/// Facts from the delivery ledger and its roll-ups in PostgreSQL, by one statement when all is well. Much that waits is
/// counted, and what may be worth a warning looked into, only where there is something of the kind. Thread-safe.
public final class PostgresCapiReadings implements CapiReadings {
    /// A backlog of more than this takes long to count, and a few more or less say nothing: its figure may be as old
    /// as `BIG_FOR`. Below it is always exact.
    private static final int BIG = 100_000;

    private static final Duration BIG_FOR = Duration.ofSeconds(30);

    private final Jdbi jdbi;
    private final Cache<Destination.Key, CapiFacts.Backlog> big =
            Caffeine.newBuilder().expireAfterWrite(BIG_FOR).maximumSize(10_000).build();

    public PostgresCapiReadings(Jdbi jdbi) {
        this.jdbi = jdbi;
    }

    @Override
    public Map<Platform, CapiReading> read(UUID projectId, Set<Platform> platforms, Instant now) {
        return platforms.isEmpty() ? Map.of() : read(Optional.empty(), projectId, platforms, now);
    }

    @Override
    public Optional<Map<Platform, CapiReading>> find(
            Projects.Owner owner, UUID projectId, Set<Platform> platforms, Instant now) {
        return Optional.of(read(Optional.of(owner), projectId, platforms, now)).filter(found -> !found.isEmpty());
    }

    private Map<Platform, CapiReading> read(
            Optional<Projects.Owner> owner, UUID projectId, Set<Platform> platforms, Instant now) {
        return jdbi.withHandle(handle -> {
            Map<Platform, CapiReading> readings = new EnumMap<>(Platform.class);
            for (StatusRow row : new SelectStatus(handle, projectId).read(owner, platforms, now)) {
                CapiFacts facts = row.facts(backlog(handle, projectId, row));
                readings.put(
                        row.platform(),
                        new CapiReading(
                                row.layer(),
                                facts,
                                row.lastError(now),
                                new SelectWarnings(handle, projectId, row).read(facts, now)));
            }
            return readings;
        });
    }

    private CapiFacts.Backlog backlog(Handle handle, UUID projectId, StatusRow row) {
        if (!row.ledger().hasMore()) {
            return row.ledger().backlog();
        }
        Destination.Key key = new Destination.Key(projectId, row.platform());
        CapiFacts.Backlog known = big.getIfPresent(key);
        if (known != null) {
            return known;
        }
        CapiFacts.Backlog counted = count(handle, key);
        if (counted.events() > BIG) {
            big.put(key, counted);
        }
        return counted;
    }

    private static CapiFacts.Backlog count(Handle handle, Destination.Key key) {
        return handle.createQuery("""
                        select count(*) as events, min(received_at) as oldest_at from delivery_backlog
                        where project_id = :project and platform = :platform and not synthetic""")
                .bind("project", uuid(key.projectId()))
                .bind("platform", key.platform().ordinal())
                .map((row, context) -> new CapiFacts.Backlog(row.getLong("events"), instantOrNull(row, "oldest_at")))
                .one();
    }
}
