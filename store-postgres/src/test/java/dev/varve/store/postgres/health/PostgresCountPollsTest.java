package dev.varve.store.postgres.health;

import dev.varve.destination.Destination;
import dev.varve.event.Platform;
import dev.varve.health.CountPolls;
import dev.varve.health.CountPollsContract;
import dev.varve.store.postgres.PostgresForTests;
import dev.varve.store.postgres.tenant.Columns;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jdbi.v3.core.Jdbi;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.extension.RegisterExtension;

class PostgresCountPollsTest extends CountPollsContract {
    @RegisterExtension
    static final PostgresForTests postgres = new PostgresForTests();

    private LayersForTests layers = new LayersForTests(postgres);

    @BeforeEach
    void begin() {
        layers = new LayersForTests(postgres);
        layers.clear();
    }

    @Override
    protected CountPolls polls() {
        return new PostgresCountPolls(layers.jdbi(), layers.rows());
    }

    @Override
    protected Destination.Key layer(Instant at) {
        return layers.add(Platform.META, true, at, at);
    }

    @Override
    protected void configure(Destination.Key key, String pixelId, Instant at) {
        layers.configure(key, pixelId, at);
    }

    @Override
    protected void switchOff(Destination.Key key) {
        jdbi().useHandle(handle ->
                handle.execute("update layer set enabled = false where project_id = ?", key.projectId()));
    }

    @Override
    protected Seen seen(Destination.Key key) {
        Map<Instant, Long> events = jdbi()
                .withHandle(handle -> handle.select(
                                "select * from platform_count where project_id = ?", key.projectId())
                        .map((row, context) -> Map.entry(Columns.instant(row, "period_from"), row.getLong("events")))
                        .list())
                .stream()
                .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
        return jdbi().withHandle(handle -> handle.select(
                        "select * from platform_count_state where project_id = ?", key.projectId())
                .map((row, context) -> new Seen(
                        events,
                        Columns.instantOrNull(row, "counted_until"),
                        row.getBoolean("is_readable") ? Optional.empty() : Optional.ofNullable(row.getString("reason")),
                        Columns.instantOrNull(row, "unreadable_since")))
                .one());
    }

    private static Jdbi jdbi() {
        return postgres.database().jdbi();
    }
}
