package dev.varve.store.postgres.timeline;

import dev.varve.health.EventShapes;
import dev.varve.health.ObservedShapes;
import dev.varve.health.SchemaDrift;
import dev.varve.store.postgres.timeline.SelectArrivals.Arrival;
import dev.varve.store.postgres.timeline.SelectArrivals.Found;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.transaction.TransactionIsolationLevel;

/// Shapes of the events in PostgreSQL. Arrival and `now` are moments; no time zone plays a part.
///
/// Of a name with 1,320 events or more in the window, the newest 1,320 are looked through for the sample and
/// about 1,120 make the baseline. An environment with less than a tenth of such a name's events may then have
/// too few of them to learn from, and is left out.
public final class PostgresEventShapes implements EventShapes {
    /// Of a sample that is larger, the newest.
    private static final int MOST_SAMPLED = 200;

    private static final Comparator<Optional<String>> BY_NAME = Comparator.comparing(
                    (Optional<String> environment) -> environment.isPresent())
            .thenComparing(environment -> environment.orElse(""));

    private final Jdbi jdbi;

    public PostgresEventShapes(Jdbi jdbi) {
        this.jdbi = jdbi;
    }

    @Override
    public Map<Optional<String>, ObservedShapes> read(UUID projectId, String appId, String name, Instant now) {
        return jdbi.inTransaction(TransactionIsolationLevel.REPEATABLE_READ, handle -> {
            EventProbe.pin(handle);
            Found found = new SelectArrivals(handle, projectId, appId, name).since(now, SchemaDrift.WINDOW);
            Map<Optional<String>, ObservedShapes> shapes = new TreeMap<>(BY_NAME);
            Stream.concat(found.newest().stream(), found.spread().stream())
                    .distinct()
                    .sorted(Arrival.NEWEST_FIRST)
                    .collect(Collectors.groupingBy(Arrival::environment))
                    .forEach((environment, arrivals) -> shapes(handle, arrivals, found.spread(), now)
                            .ifPresent(observed -> shapes.put(environment, observed)));
            return shapes;
        });
    }

    /// @param arrivals newest first
    private static Optional<ObservedShapes> shapes(
            Handle handle, List<Arrival> arrivals, Set<Arrival> spread, Instant now) {
        int newest = SchemaDrift.sampleSize(
                arrivals.stream().map(Arrival::receivedAt).toList(), now);
        List<Arrival> sample =
                arrivals.subList(0, Math.min(newest, MOST_SAMPLED)).reversed();
        List<Arrival> baseline = arrivals.subList(newest, arrivals.size()).reversed().stream()
                .filter(spread::contains)
                .toList();
        return sample.size() < SchemaDrift.LEAST_SAMPLE || baseline.size() < SchemaDrift.LEAST_BASELINE
                ? Optional.empty()
                : Optional.of(SelectShapes.read(handle, baseline, sample));
    }
}
