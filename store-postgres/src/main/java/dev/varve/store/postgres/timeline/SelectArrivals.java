package dev.varve.store.postgres.timeline;

import static dev.varve.store.postgres.tenant.Columns.instant;
import static dev.varve.store.postgres.tenant.Columns.text;
import static dev.varve.store.postgres.tenant.Columns.times;
import static dev.varve.store.postgres.tenant.Columns.uuid;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.IntStream;
import org.jdbi.v3.core.Handle;

/// Where to find an app's real events of one name: all of a window when they are few, else the newest and
/// some of each slice of the window.
///
/// The index knows when events happened, not when they arrived. So the newest by arrival are looked for among
/// the newest that happened, far more than are needed; what an app hands in days late is found when its name
/// is rare.
record SelectArrivals(Handle handle, UUID projectId, String appId, String name) {
    /// Fewer are all looked at.
    static final int FEW = 1_320;
    /// Of a window of 7 days: the shape of day and night is in it.
    private static final int SLICES = 28;

    private static final int SPREAD = 1_120;

    /// One event; `environment` empty when it states none.
    record Arrival(long offset, Instant occurredAt, Instant receivedAt, Optional<String> environment) {
        static final Comparator<Arrival> NEWEST_FIRST = Comparator.comparing(Arrival::receivedAt)
                .thenComparing(Arrival::offset)
                .reversed();
    }

    /// `spread`: those that stand for the whole window, the newest among them or not.
    record Found(List<Arrival> newest, Set<Arrival> spread) {}

    /// `from` inclusive, `until` exclusive.
    private record Slice(Instant from, Instant until) {}

    /// What happened since `now` minus `window`, the clocks of senders that are ahead included.
    Found since(Instant now, Duration window) {
        Instant from = now.minus(window);
        List<Arrival> newest =
                newest(List.of(new Slice(from, Instant.MAX)), FEW).getFirst();
        if (newest.size() < FEW) {
            return new Found(newest, Set.copyOf(newest));
        }
        Duration step = window.dividedBy(SLICES);
        List<Slice> slices = IntStream.range(0, SLICES)
                .mapToObj(i -> new Slice(
                        from.plus(step.multipliedBy(i)),
                        i == SLICES - 1 ? Instant.MAX : from.plus(step.multipliedBy(i + 1))))
                .toList();
        return new Found(newest, spread(slices));
    }

    /// The same number of each slice. What slices without traffic leave goes to those that have more.
    private Set<Arrival> spread(List<Slice> slices) {
        int each = SPREAD / SLICES;
        List<List<Arrival>> found = newest(slices, each);
        List<Slice> cut = IntStream.range(0, SLICES)
                .filter(i -> found.get(i).size() == each)
                .mapToObj(slices::get)
                .toList();
        Set<Arrival> spread = new LinkedHashSet<>();
        found.forEach(spread::addAll);
        int more = cut.isEmpty() ? 0 : each + (SPREAD - spread.size()) / cut.size();
        if (more > each) {
            newest(cut, more).forEach(spread::addAll);
        }
        return spread;
    }

    /// Of each slice the newest that happened, at most `limit`.
    private List<List<Arrival>> newest(List<Slice> slices, int limit) {
        List<List<Arrival>> found =
                slices.stream().<List<Arrival>>map(slice -> new ArrayList<>()).toList();
        handle.createQuery("""
                        select s.n, p.log_offset, p.occurred_at, p.received_at, p.environment
                        from unnest(:from, :until) with ordinality s(since, before, n) cross join lateral (
                            select e.log_offset, e.occurred_at, e.received_at, e.environment from event e
                            where hashtext(e.app_id) = hashtext(:app) and hashtext(e.name) = hashtext(:name)
                              and e.app_id = :app and e.name = :name and e.project_id = :project and not e.synthetic
                              and e.occurred_at >= s.since and e.occurred_at < s.before
                            order by e.occurred_at desc limit :limit) p""")
                .bind("from", times(slices.stream().map(Slice::from).toList()))
                .bind("until", times(slices.stream().map(Slice::until).toList()))
                .bind("app", appId)
                .bind("name", name)
                .bind("project", uuid(projectId))
                .bind("limit", limit)
                .map((row, context) -> found.get(row.getInt("n") - 1)
                        .add(new Arrival(
                                row.getLong("log_offset"),
                                instant(row, "occurred_at"),
                                instant(row, "received_at"),
                                Optional.ofNullable(text(row, "environment")))))
                .list();
        return found;
    }
}
