package dev.varve.store.postgres.timeline;

import static dev.varve.store.postgres.tenant.Columns.uuid;

import dev.varve.event.LoggedEvent;
import dev.varve.health.Timeline;
import dev.varve.store.postgres.ShownTime;
import dev.varve.store.postgres.log.Partitions;
import dev.varve.store.postgres.timeline.EventProbe.Window;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.Query;

/// One page of events, newest first. Walks back in windows of whole weeks that grow, so that a page of a busy project
/// touches the newest partitions only and that of something rare still ends after four of them.
final class SelectPage {
    /// Where windows begin, in weeks before the Monday of the newest; the last one takes all that is left.
    private static final List<Integer> WINDOWS = List.of(0, 4, 20);
    /// So few keys are asked for a whole page each. With more the page would read many times what it shows.
    private static final int FEW = 4;

    private final Timeline.Query query;
    private final Optional<Timeline.Position> after;
    private final Instant now;

    SelectPage(Timeline.Query query, Optional<Timeline.Position> after, Instant now) {
        this.query = query;
        this.after = after;
        this.now = now;
    }

    List<LoggedEvent> read(Handle handle, int limit) {
        List<String> apps = apps(handle);
        if (apps.isEmpty()) {
            return List.of();
        }
        EventProbe.pin(handle);
        EventProbe probe = new EventProbe(handle, query, after);
        List<Spot> found = new ArrayList<>();
        Instant since = query.since().map(ShownTime::from).orElse(Instant.MIN);
        Instant until = until();
        LocalDate monday = Partitions.weekOf(until.isBefore(now) ? until : now);
        for (int i = 0; i <= WINDOWS.size() && found.size() < limit && since.isBefore(until); i++) {
            Instant from = i == WINDOWS.size() ? since : later(since, start(monday.minusWeeks(WINDOWS.get(i))));
            found.addAll(window(probe, apps, new Window(from, until), limit - found.size()));
            until = from;
        }
        return EventRows.at(handle, found.stream().map(Spot::position).toList());
    }

    /// An app that is not the project's has no events here, whatever events it has.
    private List<String> apps(Handle handle) {
        Optional<String> wanted = query.filter().appId();
        String one = wanted.isPresent() ? " and app_id = :app" : "";
        Query statement = handle.createQuery("select app_id from sdk_app where project_id = :project" + one)
                .bind("project", uuid(query.projectId()));
        wanted.ifPresent(app -> statement.bind("app", app));
        return statement.mapTo(String.class).list();
    }

    /// Exclusive. The position's own moment is included: others may share it.
    private Instant until() {
        Instant asked = query.until().map(ShownTime::from).orElse(Instant.MAX);
        return after.map(position -> ShownTime.after(position.occurredAt()))
                .filter(bound -> bound.isBefore(asked))
                .orElse(asked);
    }

    private static Instant start(LocalDate monday) {
        return monday.atStartOfDay(ZoneOffset.UTC).toInstant();
    }

    private static Instant later(Instant a, Instant b) {
        return a.isAfter(b) ? a : b;
    }

    private List<Spot> window(EventProbe probe, List<String> apps, Window window, int limit) {
        List<String> names = List.copyOf(query.filter().names());
        boolean isWide = query.filter().userId().isEmpty() && names.size() > 1 && apps.size() * names.size() > FEW;
        EventKeys keys = isWide
                ? EventKeys.ofNames(probe.appsWithAny(apps, names, window), names)
                : EventKeys.of(query.filter(), apps);
        return keys.size() == 0 ? List.of() : newest(probe, keys, window, limit);
    }

    /// Of many keys, a few events each are read first. Few keys can have more in the page than those; only these are
    /// read again. With a share of limit/√keys both steps together read at most 2 × limit × √keys rows.
    private static List<Spot> newest(EventProbe probe, EventKeys keys, Window window, int limit) {
        int share = keys.size() <= FEW ? limit : (int) Math.ceil(limit / Math.sqrt(keys.size()));
        List<Spot> spots = first(probe.newest(keys, window, share), Integer.MAX_VALUE);
        if (share < limit) {
            List<Spot> page = first(spots, limit);
            Instant from = page.size() < limit ? window.from() : page.getLast().shownAt();
            Map<Integer, Long> counts = page.stream().collect(Collectors.groupingBy(Spot::key, Collectors.counting()));
            Set<Integer> cut = counts.keySet().stream()
                    .filter(key -> counts.getOrDefault(key, 0L) >= share)
                    .collect(Collectors.toSet());
            if (!cut.isEmpty()) {
                spots.removeIf(spot -> cut.contains(spot.key()));
                spots.addAll(probe.newest(keys.only(List.copyOf(cut)), new Window(from, window.until()), limit));
            }
        }
        return whole(probe, keys, spots, limit);
    }

    /// Where a page ends within a millisecond, all events shown with it are looked at anew: the index may have given
    /// one whose id comes later.
    private static List<Spot> whole(EventProbe probe, EventKeys keys, List<Spot> spots, int limit) {
        List<Spot> page = first(spots, limit);
        if (page.size() < limit) {
            return page;
        }
        Instant moment = page.getLast().shownAt();
        boolean isFiner = spots.stream()
                .anyMatch(spot -> spot.shownAt().equals(moment)
                        && !ShownTime.isWhole(spot.position().occurredAt()));
        if (isFiner) {
            page.removeIf(spot -> spot.shownAt().equals(moment));
            page.addAll(probe.ofMoment(keys, moment, limit));
        }
        return first(page, limit);
    }

    private static List<Spot> first(List<Spot> spots, int limit) {
        return spots.stream().sorted(Spot.NEWEST_FIRST).limit(limit).collect(Collectors.toCollection(ArrayList::new));
    }
}
