package dev.varve.store.postgres.health;

import dev.varve.event.Platform;
import java.util.EnumMap;
import java.util.Map;
import org.jdbi.v3.core.Jdbi;

/// How many layers that are switched on are in which state, over all projects. For operators; reads every layer.
public final class LayerTallies {
    private final Jdbi jdbi;

    public LayerTallies(Jdbi jdbi) {
        this.jdbi = jdbi;
    }

    /// `refused`: the platform called the token bad, or there is none. `unreadable`: its own counts cannot be read.
    public record Tally(long enabled, long refused, long unreadable) {
        public static final Tally NONE = new Tally(0, 0, 0);
    }

    /// Platforms without a layer that is on are absent.
    public Map<Platform, Tally> read() {
        Map<Platform, Tally> tallies = new EnumMap<>(Platform.class);
        jdbi.useHandle(handle -> handle.createQuery("""
                        select l.platform, count(*) as enabled,
                            count(*) filter (where l.access_token_id is null
                                or (not l.access_token_valid and l.access_token_validated_at is not null)) as refused,
                            count(*) filter (where not s.is_readable) as unreadable
                        from layer l
                        join project p on p.id = l.project_id and p.status = 'active'
                        left join platform_count_state s on s.project_id = l.project_id
                            and s.platform = case l.platform when 'meta_ads' then 0 when 'tiktok_ads' then 1 end
                        where l.enabled group by l.platform""")
                .map((row, context) -> Map.entry(
                        row.getString("platform"),
                        new Tally(row.getLong("enabled"), row.getLong("refused"), row.getLong("unreadable"))))
                .forEach(row ->
                        Platform.parse(row.getKey()).ifPresent(platform -> tallies.put(platform, row.getValue()))));
        return tallies;
    }
}
