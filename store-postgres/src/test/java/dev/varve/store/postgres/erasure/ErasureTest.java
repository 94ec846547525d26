package dev.varve.store.postgres.erasure;

import static dev.varve.store.postgres.erasure.StoredPeople.NOW;
import static org.assertj.core.api.Assertions.assertThat;

import dev.varve.delivery.BacklogEntry;
import dev.varve.event.Event;
import dev.varve.event.Platform;
import dev.varve.health.Accounting;
import dev.varve.identity.Profiles.Subject;
import dev.varve.store.postgres.PostgresForTests;
import dev.varve.store.postgres.log.PostgresEventLog;
import dev.varve.store.postgres.timeline.PostgresAccounting;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/// Of one person everything goes, of everybody else nothing, and the accounting goes on adding up.
class ErasureTest {
    @RegisterExtension
    static final PostgresForTests postgres = new PostgresForTests();

    private static final Clock CLOCK = Clock.fixed(NOW, ZoneOffset.UTC);
    private static final Instant LONG_AGO = NOW.minus(Duration.ofDays(390));
    private static final Instant ABSURD = Instant.parse("1970-01-01T00:00:00Z");

    private PostgresEventLog log = PostgresEventLog.open(postgres.database(), CLOCK);
    private StoredPeople people = new StoredPeople(postgres.database(), log);

    @BeforeEach
    void start() {
        postgres.database().jdbi().useHandle(handle -> handle.execute("truncate event, event_key, delivery_receipt"));
    }

    @AfterEach
    void close() {
        log.close();
    }

    private static Erasure erasure(Subject subject) {
        return new Erasure(postgres.database().jdbi(), subject, CLOCK);
    }

    private static Erasure.Outcome erase(Subject subject) throws InterruptedException {
        return erasure(subject).erase(Duration.ZERO);
    }

    @Test
    void everythingOfAUserGoesAndNothingOfAnybodyElse() throws Exception {
        StoredPeople other = new StoredPeople(postgres.database(), log);
        other.append(other.event("e-1", "ann", "i-1", NOW));
        people.append(people.event("e-1", "ann", "i-1", NOW), people.event("e-2", "ann", "i-2", LONG_AGO));
        people.append(people.event("e-3", "ann", null, ABSURD));
        people.append(people.event("e-4", "bob", "i-1", NOW), people.event("e-5", null, "ann", NOW));
        for (StoredPeople each : List.of(other, people)) {
            each.plan();
            each.describe(each.user("ann"));
            each.describe(each.user("bob"));
        }
        Map<String, Long> others = other.rows();
        Erasure.Outcome expected = erasure(people.user("ann")).count();
        assertThat(people.rows().values()).as("counting removes nothing").containsOnly(5L, 2L);

        Erasure.Outcome outcome = erase(people.user("ann"));

        assertThat(outcome).isEqualTo(expected);
        assertThat(outcome.left()).isZero();
        assertThat(outcome.rows())
                .containsEntry(ErasedKind.EVENTS, 3L)
                .containsEntry(ErasedKind.EVENT_KEYS, 3L)
                .containsEntry(ErasedKind.ADDRESSES, 2L)
                .containsEntry(ErasedKind.RECEIPTS, 3L)
                .containsEntry(ErasedKind.ATTEMPTS, 3L)
                .containsEntry(ErasedKind.WAITING, 3L)
                .containsEntry(ErasedKind.DEAD_LETTERS, 3L)
                .containsEntry(ErasedKind.REPLAYED, 3L)
                .containsEntry(ErasedKind.CLICKS, 1L)
                .containsEntry(ErasedKind.KNOWN_IDS, 1L)
                .containsEntry(ErasedKind.PROFILES, 1L)
                .containsEntry(ErasedKind.CONSENTS, 1L);
        assertThat(people.rows()).containsEntry("event", 2L).containsEntry("known_id", 1L);
        assertThat(people.rows().values()).containsOnly(2L, 1L);
        assertThat(other.rows()).isEqualTo(others);
        assertThat(erase(people.user("ann")).rows().values()).as("again").containsOnly(0L);
    }

    @Test
    void anInstallIsErasedByItselfAndWhateverItsUser() throws Exception {
        people.append(people.event("e-1", "ann", "i-1", NOW));
        people.append(people.event("e-2", null, "i-1", LONG_AGO));
        people.append(people.event("e-3", "ann", "i-2", NOW), people.event("e-4", "i-1", null, NOW));
        people.plan();
        people.describe(people.install("i-1"));
        people.describe(people.user("carol"));
        Erasure.Outcome outcome = erase(people.install("i-1"));
        assertThat(outcome.rows()).containsEntry(ErasedKind.EVENTS, 2L).containsEntry(ErasedKind.PROFILES, 1L);
        assertThat(people.rows().values()).containsOnly(2L, 1L);
    }

    @Test
    void theAddressOfARequestStaysForTheOthersInIt() throws Exception {
        people.append(people.event("e-1", "ann", "i-1", NOW), people.event("e-2", "bob", "i-2", NOW));
        people.plan();
        assertThat(erase(people.user("ann")).rows()).containsEntry(ErasedKind.ADDRESSES, 0L);
        assertThat(erase(people.user("bob")).rows()).containsEntry(ErasedKind.ADDRESSES, 1L);
    }

    @Test
    void manyEventsGoInManyTransactionsAndProbesAreNobodys() throws Exception {
        Event[] events = IntStream.range(0, 2_500)
                .mapToObj(i -> people.event("e-" + i, i == 7 ? "bob" : "ann", null, NOW))
                .toArray(Event[]::new);
        people.append(events);
        people.plan();
        people.execute("update event set synthetic = true where project_id = ? and event_id = 'e-9'", people.project);
        assertThat(erasure(people.user("ann")).count().rows()).containsEntry(ErasedKind.EVENTS, 2_498L);
        assertThat(erase(people.user("ann")).rows()).containsEntry(ErasedKind.EVENTS, 2_498L);
        assertThat(people.rows()).containsEntry("event", 2L);
    }

    @Test
    void anErasureThatWasInterruptedIsFinishedByTheNext() throws Exception {
        people.append(people.event("e-1", "ann", "i-1", NOW), people.event("e-2", "ann", "i-1", LONG_AGO));
        people.plan();
        people.describe(people.user("ann"));
        people.execute("alter table user_profile rename to user_profile_away");
        try {
            assertThat(org.assertj.core.api.Assertions.catchThrowable(() -> erase(people.user("ann"))))
                    .isNotNull();
        } finally {
            people.execute("alter table user_profile_away rename to user_profile");
        }
        assertThat(people.rows()).containsEntry("event", 0L).containsEntry("known_id", 1L);
        assertThat(erase(people.user("ann")).rows())
                .containsEntry(ErasedKind.EVENTS, 0L)
                .containsEntry(ErasedKind.PROFILES, 1L);
        assertThat(people.rows().values()).containsOnly(0L);
    }

    @Test
    void whatARequestOnItsWayLeftBehindGoesWithTheNextErasure() throws Exception {
        people.append(people.event("e-1", "ann", "i-1", NOW), people.event("e-2", "bob", "i-2", NOW));
        people.plan();
        people.execute("delete from event where project_id = ? and user_id = 'ann'", people.project);
        assertThat(erase(people.user("ann")).rows()).containsEntry(ErasedKind.DEAD_LETTERS, 1L);
        assertThat(people.rows()).containsEntry("dead_letter", 1L);
    }

    @Test
    void theAccountingAddsUpAndWhatWaitsComesFirstInTheBacklog() throws Exception {
        people.append(people.event("e-1", "ann", null, NOW), people.event("e-2", "bob", null, NOW));
        people.plan();
        erase(people.user("ann"));
        assertThat(sums(Platform.META)).isEqualTo(new Accounting.Sums(2, 2, Map.of(), Map.of(), 0, 0));
        assertThat(sums(Platform.TIKTOK)).isEqualTo(new Accounting.Sums(2, 0, Map.of(), Map.of(), 0, 2));
        assertThat(people.number(
                        "select count(*) from delivery_backlog where project_id = ? and occurred_at = ? and next_at <= now()",
                        people.project,
                        BacklogEntry.ERASED.atOffset(ZoneOffset.UTC)))
                .isEqualTo(1);
    }

    @Test
    void whatAServerMayBePlanningIsLeftUntilItsPositionHasPassed() throws Exception {
        people.append(people.event("e-1", "ann", null, NOW));
        people.plan();
        people.append(people.event("e-2", "ann", null, NOW));
        Erasure.Outcome first = erase(people.user("ann"));
        assertThat(first.left()).isEqualTo(1);
        assertThat(first.rows()).containsEntry(ErasedKind.EVENTS, 1L);
        people.plan();
        Erasure.Outcome second = erase(people.user("ann"));
        assertThat(second.left()).isZero();
        assertThat(second.rows()).containsEntry(ErasedKind.EVENTS, 1L);
    }

    @Test
    void itWaitsForAServerThatIsPlanning() throws Exception {
        people.append(people.event("e-1", "ann", null, NOW));
        Thread relay = Thread.ofVirtual().start(people::plan);
        Erasure patient = new Erasure(postgres.database().jdbi(), people.user("ann"), Clock.systemUTC());
        assertThat(patient.erase(Duration.ofSeconds(30)).left()).isZero();
        relay.join();
        assertThat(people.rows()).containsEntry("event", 0L);
    }

    /// Half of its news was recorded when the server died: receipts, but no position.
    @Test
    void whatNobodyHoldsGoesAtOnceAndItsRecordedEndsStayExplained() throws Exception {
        people.append(people.event("e-1", "ann", null, NOW));
        people.append(people.event("e-2", "ann", null, NOW));
        people.plan();
        people.execute("update log_stream set position = position - 1"
                + " where stream = (select log_offset >> 40 from event where event_id = 'e-2')");
        people.execute(
                "update delivery_rollup set count = 1 where project_id = ? and metric = 'accepted'", people.project);
        assertThat(sums(Platform.META).unexplained()).isZero();
        log.close();
        assertThat(erase(people.user("ann")).left()).isZero();
        assertThat(people.rows()).containsEntry("event", 0L);
        assertThat(sums(Platform.META)).isEqualTo(new Accounting.Sums(2, 2, Map.of(), Map.of(), 0, 0));
        assertThat(sums(Platform.TIKTOK)).isEqualTo(new Accounting.Sums(2, 0, Map.of(), Map.of(), 0, 2));
    }

    private Accounting.Sums sums(Platform platform) {
        return new PostgresAccounting(postgres.database().jdbi())
                .read(
                        people.project,
                        platform,
                        Optional.empty(),
                        NOW.minus(Duration.ofHours(1)),
                        NOW.plus(Duration.ofHours(1)));
    }
}
