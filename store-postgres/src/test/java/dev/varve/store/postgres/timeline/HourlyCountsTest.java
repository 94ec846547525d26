package dev.varve.store.postgres.timeline;

import static org.assertj.core.api.Assertions.assertThat;

import dev.varve.delivery.LedgerWrite;
import dev.varve.delivery.RollupKey;
import dev.varve.destination.Destination;
import dev.varve.event.Platform;
import dev.varve.health.CapiFacts;
import dev.varve.store.postgres.PostgresForTests;
import dev.varve.store.postgres.ledger.PostgresDeliveryLedger;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.UUID;
import java.util.stream.Stream;
import org.jdbi.v3.core.Jdbi;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What is told of a day from whole hours and the minutes at its edges is what all its minutes say.
class HourlyCountsTest {
    @RegisterExtension
    static final PostgresForTests postgres = new PostgresForTests();

    private static final Instant START = Instant.parse("2026-11-02T00:00:00Z");
    private static final int HOURS = 72;
    private static final List<String> METRICS =
            List.of("eligible", "sent", "received", "skips_consent", "skips_unmapped", "skipped.consent", "accepted");

    private final Jdbi jdbi = postgres.database().jdbi();
    private final UUID project = UUID.randomUUID();

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4})
    void aSpanIsTheSumOfItsMinutesWheneverItIsAskedFor(long seed) {
        Random random = new Random(seed);
        for (int i = 0; i < 20; i++) {
            record(random);
        }
        Instant counted = hour(random.nextInt(30, HOURS));
        jdbi.useHandle(handle -> {
            handle.execute(
                    "insert into platform_count_state (project_id, platform, pixel_id, is_readable, counted_until,"
                            + " next_poll_at) values (?, 0, 'pixel', true, ?, now())",
                    project,
                    counted.atOffset(ZoneOffset.UTC));
            for (int hour = 0; hour < HOURS; hour += 2) {
                handle.execute(
                        "insert into platform_count values (?, 0, ?, ?, ?)",
                        project,
                        hour(hour).atOffset(ZoneOffset.UTC),
                        hour(hour + 1).atOffset(ZoneOffset.UTC),
                        random.nextInt(40));
            }
        });
        for (int i = 0; i < 30; i++) {
            Instant now = now(random, i);
            for (Platform platform : Platform.values()) {
                assertEqualsPlainSums(platform, now, platform == Platform.META ? counted : Instant.MIN);
            }
        }
    }

    /// Later counts of an hour that is long over, and several writes of the same one.
    @Test
    void whatComesLateIsInItsHour() {
        for (int i = 0; i < 3; i++) {
            LedgerWrite write = new LedgerWrite(UUID.randomUUID(), 1);
            RollupKey key = new RollupKey(new Destination.Key(project, Platform.META), "", hour(5), "eligible");
            write.count(key, LedgerWrite.NO_STREAM, 7);
            new PostgresDeliveryLedger(jdbi).record(write);
        }
        assertThat(facts(Platform.META, hour(20)).counts().eligible24h()).isEqualTo(21);
    }

    /// Minutes, hours and the moments around both.
    private static Instant now(Random random, int number) {
        Instant minute = START.plus(Duration.ofMinutes(random.nextInt(HOURS * 60)));
        return switch (number % 5) {
            case 0 -> minute.truncatedTo(ChronoUnit.HOURS);
            case 1 -> minute.truncatedTo(ChronoUnit.HOURS).minusMillis(1);
            case 2 -> minute.truncatedTo(ChronoUnit.HOURS).plusMillis(1);
            case 3 -> minute;
            default -> minute.plusMillis(random.nextInt(60_000));
        };
    }

    private void record(Random random) {
        LedgerWrite write = new LedgerWrite(UUID.randomUUID(), 1);
        for (int i = 0; i < 100; i++) {
            Platform platform = Platform.values()[random.nextInt(2)];
            RollupKey key = new RollupKey(
                    new Destination.Key(project, platform),
                    random.nextBoolean() ? "" : "app_" + random.nextInt(3),
                    START.plus(Duration.ofMinutes(random.nextInt(HOURS * 60))),
                    METRICS.get(random.nextInt(METRICS.size())));
            write.count(key, LedgerWrite.NO_STREAM, random.nextInt(-2, 10));
        }
        new PostgresDeliveryLedger(jdbi).record(write);
    }

    private void assertEqualsPlainSums(Platform platform, Instant now, Instant counted) {
        CapiFacts facts = facts(platform, now);
        boolean readable = counted.isAfter(now.minus(Duration.ofHours(48)));
        Instant asOf = readable ? counted : now.truncatedTo(ChronoUnit.HOURS);
        Instant dayAgo = now.minus(Duration.ofDays(1)).truncatedTo(ChronoUnit.MINUTES);
        Map<String, Long> hour = sums(platform, now.minus(Duration.ofHours(1)), Instant.parse("9999-01-01T00:00:00Z"));
        Map<String, Long> day = sums(platform, dayAgo, Instant.parse("9999-01-01T00:00:00Z"));
        Map<String, Long> drift = sums(platform, asOf.minus(Duration.ofDays(1)), asOf);
        if (readable) {
            day.merge("received", beyond(platform, dayAgo, now), Long::sum);
            drift.merge("received", beyond(platform, asOf.minus(Duration.ofDays(1)), asOf), Long::sum);
        }
        assertThat(List.of(
                        facts.counts().eligible1h(),
                        facts.counts().sent1h(),
                        facts.counts().received1h()))
                .as("eligible, sent and received of the hour before %s", now)
                .isEqualTo(Stream.of("eligible", "sent", "received")
                        .map(metric -> hour.getOrDefault(metric, 0L))
                        .toList());
        for (String metric : METRICS.subList(0, 5)) {
            assertThat(facts.counts().sums24h().getOrDefault(metric, 0L))
                    .as("%s of the day before %s", metric, now)
                    .isEqualTo(day.getOrDefault(metric, 0L));
        }
        assertThat(facts.drift())
                .isEqualTo(
                        new CapiFacts.Drift(drift.getOrDefault("sent", 0L), drift.getOrDefault("received", 0L), asOf));
    }

    private Map<String, Long> sums(Platform platform, Instant from, Instant until) {
        Map<String, Long> sums = new TreeMap<>();
        jdbi.useHandle(handle -> handle.createQuery("""
                        select metric, sum(count::bigint)::bigint as total
                        from delivery_minute m,
                            jsonb_each_text(to_jsonb(m) - 'project_id' - 'platform' - 'minute') as c(metric, count)
                        where project_id = ? and platform = ? and minute >= ? and minute < ? group by 1""")
                .bind(0, project)
                .bind(1, platform.ordinal())
                .bind(2, from.truncatedTo(ChronoUnit.MINUTES).atOffset(ZoneOffset.UTC))
                .bind(3, until.atOffset(ZoneOffset.UTC))
                .map((row, context) -> sums.put(row.getString("metric"), row.getLong("total")))
                .list());
        return sums;
    }

    /// By how much the platform's hours that lie wholly inside exceed what their minutes say.
    private long beyond(Platform platform, Instant from, Instant until) {
        return jdbi.withHandle(handle -> handle.createQuery("""
                        select coalesce(sum(p.events - (select coalesce(sum(received), 0) from delivery_minute r
                            where r.project_id = p.project_id and r.platform = p.platform
                              and minute >= period_from and minute < period_until)), 0)::bigint
                        from platform_count p where project_id = ? and platform = ?
                          and period_from >= ? and period_until <= ?""")
                .bind(0, project)
                .bind(1, platform.ordinal())
                .bind(2, from.atOffset(ZoneOffset.UTC))
                .bind(3, until.atOffset(ZoneOffset.UTC))
                .mapTo(Long.class)
                .one());
    }

    private CapiFacts facts(Platform platform, Instant now) {
        return new PostgresCapiReadings(jdbi)
                .read(project, EnumSet.of(platform), now)
                .values()
                .iterator()
                .next()
                .facts();
    }

    private static Instant hour(int number) {
        return START.plus(Duration.ofHours(number));
    }
}
