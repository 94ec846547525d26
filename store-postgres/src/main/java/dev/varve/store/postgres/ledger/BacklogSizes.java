package dev.varve.store.postgres.ledger;

import dev.varve.event.Platform;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import org.jdbi.v3.core.Jdbi;

/// How much waits for each platform, over all projects and processes. For operators; reads the whole backlog.
public final class BacklogSizes {
    private final Jdbi jdbi;

    public BacklogSizes(Jdbi jdbi) {
        this.jdbi = jdbi;
    }

    public record Size(long events, Optional<Instant> oldestReceivedAt) {
        public static final Size NONE = new Size(0, Optional.empty());
    }

    /// Platforms without a backlog are absent.
    public Map<Platform, Size> read() {
        Map<Platform, Size> sizes = new EnumMap<>(Platform.class);
        jdbi.useHandle(handle -> handle.createQuery("""
                        select platform, count(*) as events, min(received_at) as oldest
                        from delivery_backlog group by platform""")
                .map((row, context) -> Map.entry(
                        Platform.values()[row.getInt("platform")],
                        new Size(
                                row.getLong("events"),
                                Optional.ofNullable(row.getObject("oldest", OffsetDateTime.class))
                                        .map(OffsetDateTime::toInstant))))
                .forEach(entry -> sizes.put(entry.getKey(), entry.getValue())));
        return sizes;
    }
}
