package dev.varve.store.postgres.timeline;

import static org.assertj.core.api.Assertions.assertThat;

import dev.varve.destination.Destination;
import dev.varve.event.Platform;
import dev.varve.health.Imbalances;
import dev.varve.store.postgres.PostgresForTests;
import dev.varve.store.postgres.log.Partitions;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PostgresImbalancesTest {
    @RegisterExtension
    static final PostgresForTests postgres = new PostgresForTests();

    private static final Instant START = Instant.parse("2026-11-04T12:00:00Z");
    private static final Instant END = START.plus(Duration.ofMinutes(5));

    private final Destination.Key meta = new Destination.Key(UUID.randomUUID(), Platform.META);
    private final Imbalances imbalances =
            new PostgresImbalances(postgres.database().jdbi());

    @BeforeEach
    void partitions() {
        new Partitions(postgres.database(), Clock.fixed(START, ZoneOffset.UTC)).ensureAroundNow();
    }

    @Test
    void countsThatAddUpAreNotSuspected() {
        count("accepted", 4);
        count("settled", 1);
        count("skipped.consent", 2);
        count("dead.missing_value", 1);
        count("attempts", 9);

        assertThat(suspects(START, END)).doesNotContain(meta);
    }

    @Test
    void anAcceptedEventWithoutAnEndIsSuspectedInItsWindowOnly() {
        count("accepted", 4);
        count("settled", 3);

        assertThat(suspects(START, END)).contains(meta);
        assertThat(suspects(START.plus(Duration.ofMinutes(1)), END)).doesNotContain(meta);
        assertThat(suspects(START.minus(Duration.ofMinutes(5)), START)).doesNotContain(meta);
    }

    @Test
    void atMostSoManyAreNamed() {
        count("accepted", 1);
        postgres.database()
                .jdbi()
                .useHandle(handle -> handle.execute(
                        "insert into delivery_rollup values (?, 'app_a', 1, ?, 'accepted', 1)",
                        meta.projectId(),
                        START.atOffset(ZoneOffset.UTC)));

        assertThat(imbalances.suspects(START, END, 1)).hasSize(1);
    }

    /// Whoever the exact accounting finds is named here, whatever the relay has done before.
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void aLostReceiptIsFoundAmongRandomWork(long seed) {
        RelayModel relay = new RelayModel(postgres.database(), meta.projectId(), START, new Random(seed));
        relay.append(30);
        for (int round = 0; round < 60; round++) {
            relay.work();
        }
        PostgresAccounting accounting =
                new PostgresAccounting(postgres.database().jdbi());
        assertThat(accounting
                        .read(meta.projectId(), Platform.META, Optional.empty(), START, END)
                        .unexplained())
                .isZero();
        assertThat(suspects(START, END)).doesNotContain(meta);

        int lost = postgres.database()
                .jdbi()
                .withHandle(handle -> handle.execute(
                        "delete from delivery_rollup where project_id = ? and platform = 0 and metric = 'settled'",
                        meta.projectId()));

        assertThat(lost).isPositive();
        assertThat(accounting
                        .read(meta.projectId(), Platform.META, Optional.empty(), START, END)
                        .unexplained())
                .isPositive();
        assertThat(suspects(START, END)).contains(meta);
    }

    private List<Destination.Key> suspects(Instant since, Instant until) {
        return imbalances.suspects(since, until, 1000);
    }

    private void count(String metric, long events) {
        postgres.database()
                .jdbi()
                .useHandle(handle -> handle.execute(
                        "insert into delivery_rollup (project_id, app_id, platform, minute, metric, count)"
                                + " values (?, 'app_a', ?, ?, ?, ?)",
                        meta.projectId(),
                        meta.platform().ordinal(),
                        START.atOffset(ZoneOffset.UTC),
                        metric,
                        events));
    }
}
