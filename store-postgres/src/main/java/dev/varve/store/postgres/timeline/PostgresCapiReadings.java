package dev.varve.store.postgres.timeline;

import static dev.varve.store.postgres.tenant.Columns.at;
import static dev.varve.store.postgres.tenant.Columns.instantOrNull;
import static dev.varve.store.postgres.tenant.Columns.uuid;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.varve.destination.Destination;
import dev.varve.event.Platform;
import dev.varve.health.CapiFacts;
import dev.varve.health.CapiReadings;
import dev.varve.health.CapiWarning;
import dev.varve.tenant.Layer;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.statement.Query;

/// Facts from the delivery ledger and its roll-ups in PostgreSQL.
public final class PostgresCapiReadings implements CapiReadings {
    private static final Duration DAY = Duration.ofDays(1);
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
    public CapiFacts read(UUID projectId, Platform platform, Optional<Layer> layer, Instant now) {
        return jdbi.withHandle(handle -> {
            Lookup lookup = new Lookup(handle, projectId, platform);
            return new CapiFacts(
                    configuration(layer),
                    lookup.lane(),
                    lookup.counts(now),
                    lookup.drift(now),
                    backlog(lookup),
                    lookup.deadLetters());
        });
    }

    @Override
    public List<CapiWarning> warnings(UUID projectId, Platform platform, CapiFacts facts, Instant now) {
        return jdbi.withHandle(handle -> new SelectWarnings(handle, projectId, platform).read(facts, now));
    }

    private CapiFacts.Backlog backlog(Lookup lookup) {
        Destination.Key key = new Destination.Key(lookup.projectId, lookup.platform);
        CapiFacts.Backlog known = big.getIfPresent(key);
        if (known != null) {
            return known;
        }
        CapiFacts.Backlog counted = lookup.backlog();
        if (counted.events() > BIG) {
            big.put(key, counted);
        }
        return counted;
    }

    private static CapiFacts.Configuration configuration(Optional<Layer> layer) {
        return layer.map(known -> new CapiFacts.Configuration(
                        known.enabled(),
                        known.pixelId() != null,
                        known.token().isPresent(),
                        known.token().isRefused()))
                .orElse(new CapiFacts.Configuration(false, false, false, false));
    }

    private record Lookup(Handle handle, UUID projectId, Platform platform) {
        CapiFacts.Lane lane() {
            Optional<Instant> eligible = query("""
                            select max(last_eligible_at) last_eligible_at from delivery_activity
                            where project_id = :project and platform = :platform""")
                    .map((row, context) -> Optional.ofNullable(instantOrNull(row, "last_eligible_at")))
                    .one();
            return query("select * from destination_state where project_id = :project and platform = :platform")
                    .map((row, context) -> new CapiFacts.Lane(
                            row.getString("state"),
                            instantOrNull(row, "last_success_at"),
                            instantOrNull(row, "failing_since"),
                            instantOrNull(row, "last_failure_at"),
                            eligible.orElse(null)))
                    .findOne()
                    .orElse(new CapiFacts.Lane(CapiFacts.Lane.FLOWING, null, null, null, eligible.orElse(null)));
        }

        /// A minute counts in a window as long as any part of it is inside.
        CapiFacts.Counts counts(Instant now) {
            Map<String, Long> hour = sums(now.minus(Duration.ofHours(1)), Instant.MAX);
            Map<String, Long> day = sums(now.minus(DAY), Instant.MAX);
            SelectReceived received = new SelectReceived(handle, projectId, platform);
            if (received.countedUntil(now).isPresent()) {
                Instant from = now.minus(DAY).truncatedTo(ChronoUnit.MINUTES);
                day.merge("received", received.beyondAcknowledged(from, now), Long::sum);
            }
            Map<String, Long> quarter = sums(now.minus(Duration.ofMinutes(15)), Instant.MAX);
            return new CapiFacts.Counts(
                    hour, day, quarter.getOrDefault("attempts", 0L), quarter.getOrDefault("failed_attempts", 0L));
        }

        /// Ends where the platform has counted; without its statistics, with the newest whole hour.
        CapiFacts.Drift drift(Instant now) {
            SelectReceived received = new SelectReceived(handle, projectId, platform);
            Optional<Instant> counted = received.countedUntil(now);
            Instant asOf = counted.orElse(now.truncatedTo(ChronoUnit.HOURS));
            Instant from = asOf.minus(DAY);
            Map<String, Long> sums = sums(from, asOf);
            long beyond = counted.isPresent() ? received.beyondAcknowledged(from, asOf) : 0;
            return new CapiFacts.Drift(sums.getOrDefault("sent", 0L), sums.getOrDefault("received", 0L) + beyond, asOf);
        }

        /// Probe events count nowhere. They are few, so an index counts all that waits, and theirs are taken off.
        CapiFacts.Backlog backlog() {
            return query("""
                            select (select count(*) from delivery_backlog b
                                    where b.project_id = :project and b.platform = :platform)
                                - (select count(*) from event e join delivery_backlog b on b.project_id = :project
                                        and b.platform = :platform and b.log_offset = e.log_offset
                                    where e.project_id = :project and e.synthetic) as events,
                                (select b.received_at from delivery_backlog b
                                    where b.project_id = :project and b.platform = :platform and not exists (
                                        select from event e where e.project_id = :project and e.synthetic
                                          and e.log_offset = b.log_offset)
                                    order by b.received_at limit 1) as oldest_at""")
                    .map((row, context) ->
                            new CapiFacts.Backlog(row.getLong("events"), instantOrNull(row, "oldest_at")))
                    .one();
        }

        long deadLetters() {
            return query("""
                            select count(*) from dead_letter
                            where project_id = :project and platform = :platform and not synthetic and not is_replaying""").mapTo(Long.class).one();
        }

        private Map<String, Long> sums(Instant from, Instant until) {
            Map<String, Long> sums = new HashMap<>();
            query("""
                            select metric, sum(count)::bigint total from delivery_rollup
                            where project_id = :project and platform = :platform and minute >= :from and minute < :until
                            group by metric""")
                    .bind("from", at(from.truncatedTo(ChronoUnit.MINUTES)))
                    .bind("until", at(until))
                    .map((row, context) -> sums.put(row.getString("metric"), row.getLong("total")))
                    .list();
            return sums;
        }

        private Query query(String sql) {
            return handle.createQuery(sql).bind("project", uuid(projectId)).bind("platform", platform.ordinal());
        }
    }
}
