package dev.varve.store.postgres.health;

import static org.assertj.core.api.Assertions.assertThat;

import dev.varve.delivery.LedgerWrite;
import dev.varve.delivery.RollupKey;
import dev.varve.destination.Destination;
import dev.varve.destination.PlatformCounts.Period;
import dev.varve.event.Platform;
import dev.varve.health.CapiFacts;
import dev.varve.health.CapiReading;
import dev.varve.health.CapiWarning;
import dev.varve.health.CountPolls;
import dev.varve.store.postgres.PostgresForTests;
import dev.varve.store.postgres.ledger.PostgresDeliveryLedger;
import dev.varve.store.postgres.timeline.PostgresCapiReadings;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/// What capi-status says of sent and received events, and its warnings.
class PlatformFiguresTest {
    @RegisterExtension
    static final PostgresForTests postgres = new PostgresForTests();

    private static final Instant NOW = Instant.parse("2026-11-04T16:30:30Z");

    private LayersForTests layers = new LayersForTests(postgres);

    @BeforeEach
    void begin() {
        layers = new LayersForTests(postgres);
        layers.clear();
    }

    @Test
    void withoutStatisticsWhatWasAcknowledgedCountsUpToTheNewestWholeHour() {
        Destination.Key key = layer(Platform.META);
        sentAndReceived(key, "2026-11-04T16:10:00Z", 5, 5);
        sentAndReceived(key, "2026-11-04T15:59:00Z", 20, 19);
        sentAndReceived(key, "2026-11-03T16:00:00Z", 10, 10);
        sentAndReceived(key, "2026-11-03T15:59:00Z", 100, 100);
        CapiFacts facts = facts(key);
        assertThat(facts.drift()).isEqualTo(new CapiFacts.Drift(30, 29, Instant.parse("2026-11-04T16:00:00Z")));
        assertThat(facts.drift().ratio()).contains(0.9667);
        assertThat(facts.counts().received24h()).isEqualTo(24);
        assertThat(facts.counts().received1h()).isEqualTo(24);
    }

    @Test
    void statisticsReplaceWhatWasAcknowledgedHourByHourAndNothingCountsTwice() {
        Destination.Key key = layer(Platform.META);
        sentAndReceived(key, "2026-11-04T10:15:00Z", 50, 50);
        sentAndReceived(key, "2026-11-04T11:15:00Z", 8, 8);
        sentAndReceived(key, "2026-11-04T15:15:00Z", 4, 4);
        counted(key, "2026-11-04T13:00:00Z", hour("2026-11-04T10:00:00Z", 41), hour("2026-11-04T11:00:00Z", 9));
        CapiFacts facts = facts(key);
        assertThat(facts.drift()).isEqualTo(new CapiFacts.Drift(58, 50, Instant.parse("2026-11-04T13:00:00Z")));
        assertThat(facts.counts().received24h()).isEqualTo(41 + 9 + 4);
        assertThat(facts.counts().sent24h()).isEqualTo(62);
    }

    @Test
    void aPlatformThatCountedMoreThanWasSentShowsIt() {
        Destination.Key key = layer(Platform.META);
        sentAndReceived(key, "2026-11-04T10:15:00Z", 10, 10);
        counted(key, "2026-11-04T13:00:00Z", hour("2026-11-04T10:00:00Z", 13));
        assertThat(facts(key).drift().ratio()).contains(1.3);
    }

    @Test
    void anHourThatReachesOutOfTheWindowIsNotReplaced() {
        Destination.Key key = layer(Platform.META);
        sentAndReceived(key, "2026-11-03T16:45:00Z", 10, 10);
        counted(key, "2026-11-04T13:00:00Z", hour("2026-11-03T16:00:00Z", 500));
        assertThat(facts(key).counts().received24h()).isEqualTo(10);
    }

    @Test
    void tikTokIsComparedByWholeDays() {
        Destination.Key key = layer(Platform.TIKTOK);
        sentAndReceived(key, "2026-11-03T23:59:00Z", 7, 7);
        sentAndReceived(key, "2026-11-04T00:00:00Z", 3, 3);
        Instant day = Instant.parse("2026-11-03T00:00:00Z");
        counted(key, "2026-11-04T00:00:00Z", new Period(day, day.plus(Duration.ofDays(1)), 6));
        CapiFacts facts = facts(key);
        assertThat(facts.drift()).isEqualTo(new CapiFacts.Drift(7, 6, Instant.parse("2026-11-04T00:00:00Z")));
        assertThat(facts.counts().received24h()).as("no whole day lies in it").isEqualTo(10);
    }

    @Test
    void statisticsOfLongAgoSayNothingOfTheLastDay() {
        Destination.Key key = layer(Platform.META);
        counted(key, "2026-11-02T13:00:00Z");
        assertThat(facts(key).drift().asOf()).isEqualTo(Instant.parse("2026-11-04T16:00:00Z"));
    }

    @Test
    void unreadableStatisticsAreAWarningWithTheirReason() {
        Destination.Key key = layer(Platform.META);
        assertThat(warnings(key)).isEmpty();
        CountPolls polls = polls();
        polls.unreadable(claim(key), "the token lacks ads_read", NOW, NOW.plusSeconds(9));
        assertThat(warnings(key)).singleElement().satisfies(warning -> {
            assertThat(warning.code()).isEqualTo("statistics_unreadable");
            assertThat(warning.message()).contains("the token lacks ads_read");
            assertThat(warning.since()).isEqualTo(NOW);
        });
    }

    @Test
    void aTestEventCodeThatStandsForADayIsAWarningWhateverElseIsSavedMeanwhile() {
        Destination.Key key = layer(Platform.META);
        Instant set = NOW.minus(Duration.ofHours(24));
        layers.testEventCode(key, "TEST1", set);
        layers.testEventCode(key, "TEST1", NOW.minusSeconds(5));
        assertThat(warnings(key))
                .extracting(CapiWarning::code, CapiWarning::since)
                .containsExactly(org.assertj.core.groups.Tuple.tuple("test_event_code_left_on", set));
        layers.testEventCode(key, "TEST2", NOW.minusSeconds(4));
        assertThat(warnings(key)).isEmpty();
        layers.testEventCode(key, null, NOW.minusSeconds(3));
        assertThat(warnings(key)).isEmpty();
    }

    @Test
    void theSameRefusalOfEveryRequestForTenMinutesIsAWarning() {
        Destination.Key key = layer(Platform.META);
        request(key, "2026-11-04T16:00:00Z", "forwarded", null);
        request(key, "2026-11-04T16:19:00Z", "rejected", 100);
        request(key, "2026-11-04T16:29:00Z", "rejected", 100);
        rollup(key, "2026-11-04T16:29:00Z", "attempts", 2);
        rollup(key, "2026-11-04T16:29:00Z", "failed_attempts", 2);
        assertThat(warnings(key)).singleElement().satisfies(warning -> {
            assertThat(warning.code()).isEqualTo("same_refusal_everywhere");
            assertThat(warning.message()).contains("100");
            assertThat(warning.since()).isEqualTo(Instant.parse("2026-11-04T16:19:00Z"));
        });
        request(key, "2026-11-04T16:25:00Z", "rejected", 101);
        assertThat(warnings(key)).as("not one and the same").isEmpty();
    }

    @Test
    void manyEventsRefusedByTikTokForTheirAgeAreAWarningWithTheYoungestAge() {
        Destination.Key key = layer(Platform.TIKTOK);
        for (int i = 1; i < 20; i++) {
            tooOld(key, i, Duration.ofHours(200 + i));
        }
        assertThat(warnings(key)).as("19 are not many").isEmpty();
        tooOld(key, 0, Duration.ofHours(200));
        assertThat(warnings(key)).singleElement().satisfies(warning -> {
            assertThat(warning.code()).isEqualTo("events_too_old");
            assertThat(warning.message()).contains("20 events").contains("200 hours");
        });
    }

    private Destination.Key layer(Platform platform) {
        return layers.add(platform, true, NOW.minus(Duration.ofDays(3)), NOW.minus(Duration.ofDays(3)));
    }

    private CapiFacts facts(Destination.Key key) {
        return reading(key).facts();
    }

    private List<CapiWarning> warnings(Destination.Key key) {
        return reading(key).warnings();
    }

    private static CapiReading reading(Destination.Key key) {
        Map<Platform, CapiReading> readings = new PostgresCapiReadings(
                        postgres.database().jdbi())
                .read(key.projectId(), EnumSet.allOf(Platform.class), NOW);
        assertThat(readings).containsOnlyKeys(Platform.values());
        return Objects.requireNonNull(readings.get(key.platform()));
    }

    private CountPolls polls() {
        return new PostgresCountPolls(layers.jdbi(), layers.rows());
    }

    private CountPolls.Due claim(Destination.Key key) {
        return polls().claim(key.platform(), NOW, NOW, 1).getFirst();
    }

    private void counted(Destination.Key key, String until, Period... periods) {
        polls().counted(claim(key), List.of(periods), Instant.parse(until), NOW.plusSeconds(600));
    }

    private static Period hour(String from, long events) {
        Instant at = Instant.parse(from);
        return new Period(at, at.plusSeconds(3600), events);
    }

    private static void sentAndReceived(Destination.Key key, String minute, int sent, int received) {
        rollup(key, minute, "sent", sent);
        rollup(key, minute, "received", received);
    }

    private static void rollup(Destination.Key key, String minute, String metric, int count) {
        LedgerWrite write = new LedgerWrite(UUID.randomUUID(), 1);
        write.count(new RollupKey(key, "", Instant.parse(minute), metric), LedgerWrite.NO_STREAM, count);
        new PostgresDeliveryLedger(postgres.database().jdbi()).record(write);
    }

    private static void request(
            Destination.Key key, String at, String outcome, @org.jspecify.annotations.Nullable Integer code) {
        execute(
                "insert into delivery_request (id, at, project_id, platform, events, event_ids, outcome, http_status,"
                        + " platform_code, latency_ms) values (?, ?, ?, ?, 1, '{}', ?, 400, ?, 1)",
                UUID.randomUUID(),
                Instant.parse(at).atOffset(ZoneOffset.UTC),
                key.projectId(),
                key.platform().ordinal(),
                outcome,
                code);
    }

    private static void tooOld(Destination.Key key, int number, Duration age) {
        var failed = NOW.minusSeconds(60).atOffset(ZoneOffset.UTC);
        execute(
                "insert into dead_letter (id, project_id, app_id, platform, log_offset, occurred_at, event_id, event_name,"
                        + " reason, code, attempts, first_failed_at, last_failed_at, too_old_at)"
                        + " values (?, ?, 'app_1', ?, ?, ?, 'e', 'n', 'too_old', 'PLATFORM_ERROR', 1, ?, ?, ?)",
                "dl_" + UUID.randomUUID(),
                key.projectId(),
                key.platform().ordinal(),
                (long) number,
                failed.minus(age),
                failed,
                failed,
                failed);
    }

    private static void execute(String sql, @org.jspecify.annotations.Nullable Object... values) {
        postgres.database().jdbi().useHandle(handle -> handle.execute(sql, values));
    }
}
