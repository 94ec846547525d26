package dev.varve.server;

import dev.varve.component.Component;
import dev.varve.destination.Connector;
import dev.varve.health.CheckSchedule;
import dev.varve.health.CountsPoller;
import dev.varve.health.TokenWatch;
import dev.varve.server.config.PlatformSettings;
import dev.varve.store.postgres.health.PostgresCountPolls;
import dev.varve.store.postgres.health.PostgresTokenChecks;
import dev.varve.store.postgres.tenant.DestinationRows;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import org.jdbi.v3.core.Jdbi;

/// Asks the platforms about tokens and counts for as long as the server runs, beside the relay and without traffic.
record HealthWatch(TokenWatch tokens, CountsPoller counts, List<AutoCloseable> clocks) implements AutoCloseable {
    /// How late a due check may begin.
    private static final Duration BEAT = Duration.ofSeconds(1);

    static HealthWatch start(
            Jdbi jdbi,
            DestinationRows rows,
            List<Connector> connectors,
            PlatformSettings.Pace pace,
            InstantSource clock) {
        TokenWatch tokens = new TokenWatch(
                new PostgresTokenChecks(jdbi, rows), connectors, new CheckSchedule(pace.tokenCheck()), clock);
        CountsPoller counts =
                new CountsPoller(new PostgresCountPolls(jdbi, rows), connectors, pace.countsPoll(), clock);
        return new HealthWatch(
                tokens,
                counts,
                List.of(Repetition.every(BEAT, tokens::checkDue), Repetition.every(BEAT, counts::pollDue)));
    }

    List<Component> components() {
        return List.of(tokens, counts);
    }

    @Override
    public void close() throws Exception {
        for (AutoCloseable clock : clocks) {
            clock.close();
        }
        tokens.close();
        counts.close();
    }
}
