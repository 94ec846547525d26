package dev.varve.store.postgres.replay;

import static org.assertj.core.api.Assertions.assertThat;

import dev.varve.delivery.DeadLetterSeed;
import dev.varve.delivery.DeadLetters;
import dev.varve.delivery.DeadLettersContract;
import dev.varve.delivery.Jobs;
import dev.varve.delivery.ReceiptState;
import dev.varve.event.Platform;
import dev.varve.health.Accounting;
import dev.varve.store.postgres.PostgresForTests;
import dev.varve.store.postgres.timeline.PostgresAccounting;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class PostgresDeadLettersTest extends DeadLettersContract {
    @RegisterExtension
    static final PostgresForTests postgres = new PostgresForTests();

    private static final AtomicLong OFFSETS = new AtomicLong();

    @BeforeEach
    void empty() {
        for (String table : List.of("dead_letter", "delivery_receipt", "delivery_backlog", "event")) {
            execute("delete from " + table);
        }
    }

    @Override
    protected DeadLetters letters() {
        return new PostgresDeadLetters(postgres.database().jdbi());
    }

    @Override
    protected Jobs jobs() {
        return new PostgresJobs(postgres.database().jdbi(), () -> NOW);
    }

    @Override
    protected DeadLetterSeed.Owner newOwner() {
        DeadLetterSeed.Owner made = new DeadLetterSeed.Owner(UUID.randomUUID(), UUID.randomUUID());
        execute(
                "insert into organization (id, name, created_at, updated_at) values (?, 'o', now(), now())",
                made.organization());
        execute("""
                insert into project (id, organization_id, mode, name, timezone, primary_language, target_gender,
                    created_at, updated_at) values (?, ?, 'live', 'p', 'UTC', 'en', 'all', now(), now())""", made.project(), made.organization());
        return made;
    }

    @Override
    protected void add(UUID project, DeadLetterSeed seed) {
        execute(
                """
                with s as (select ?::bigint as log_offset, ?::timestamptz as at, ?::uuid as project_id, ?::text as app_id,
                    ?::text as event_id, ?::text as name, ?::boolean as synthetic, ?::smallint as platform, ?::text as reason),
                e as (insert into event (log_offset, occurred_at, received_at, project_id, app_id, event_id, name, source,
                    synthetic, document) select log_offset, at, at, project_id, app_id, event_id, name, 0, synthetic, '{}' from s),
                r as (insert into delivery_receipt (log_offset, platform, occurred_at, state, reason, attempts, at)
                    select log_offset, platform, at, 4, reason, 1, at from s),
                c as (insert into delivery_rollup as c (project_id, app_id, platform, minute, metric, count)
                    select project_id, app_id, platform, date_trunc('minute', at), metric, 1
                    from s, unnest(array['accepted', 'dead.' || reason]) as metric where not synthetic
                    on conflict (project_id, platform, minute, metric, app_id) do update set count = c.count + 1)
                insert into dead_letter (id, project_id, app_id, platform, log_offset, occurred_at, event_id, event_name,
                    reason, code, attempts, first_failed_at, last_failed_at, too_old_at, received_at, synthetic)
                select ?, project_id, app_id, platform, log_offset, at, event_id, name, reason, 'PLATFORM_ERROR', 1, at, at,
                    at + interval '7 days', at, synthetic from s""",
                OFFSETS.incrementAndGet(),
                seed.occurredAt().atOffset(ZoneOffset.UTC),
                project,
                seed.kind().app(),
                seed.eventId(),
                seed.kind().eventName(),
                seed.kind().synthetic(),
                seed.platform().ordinal(),
                seed.kind().reason(),
                seed.id());
    }

    @Override
    protected void settle(String deadLetterId, ReceiptState state, Instant at) {
        execute("""
                with d as (select * from dead_letter where id = ?),
                b as (delete from delivery_backlog b using d where b.log_offset = d.log_offset and b.platform = d.platform)
                insert into delivery_receipt (log_offset, platform, occurred_at, state, reason, attempts, at)
                select log_offset, platform, occurred_at, ?, reason, 1, ? from d""", deadLetterId, state.ordinal(), at.atOffset(ZoneOffset.UTC));
        execute(
                state == ReceiptState.DEAD
                        ? "update dead_letter set is_replaying = false where id = ?"
                        : "delete from dead_letter where id = ?",
                deadLetterId);
    }

    @Test
    void aReplayedEventWaitsAgainAndIsDeadNoLonger() {
        add(owner.project(), DeadLetterSeed.of("x", NOW.minusSeconds(90)));
        assertThat(sums()).isEqualTo(new Accounting.Sums(1, 0, Map.of(), Map.of("platform_rejected", 1L), 0, 0));
        replay(all());
        assertThat(sums()).isEqualTo(new Accounting.Sums(1, 0, Map.of(), Map.of(), 1, 0));
        assertThat(
                        numbers(
                                "select owner from delivery_backlog where attempts = 0 and next_at <= now() + interval '100 years'"))
                .containsExactly(STREAM);
        assertThat(numbers("select count(*) from delivery_receipt")).containsExactly(0L);
    }

    @Test
    void aLetterOfAnOlderVersionTakesItsArrivalFromItsEvent() {
        add(owner.project(), DeadLetterSeed.of("x", NOW.minusSeconds(90)));
        execute("update dead_letter set received_at = null");
        replay(all());
        assertThat(sums()).isEqualTo(new Accounting.Sums(1, 0, Map.of(), Map.of(), 1, 0));
    }

    @Test
    void lettersOfOneShownMomentAreInTheOrderOfTheirIds() {
        List<String> ids = List.of("d", "b", "e", "a", "c");
        for (int i = 0; i < 5; i++) {
            add(owner.project(), DeadLetterSeed.of(ids.get(i), NOW.plusNanos(1_000L * (990 - i))));
        }
        add(owner.project(), DeadLetterSeed.of("newer", NOW.plusMillis(1)));
        add(owner.project(), DeadLetterSeed.of("older", NOW.minusNanos(1_000)));
        for (int size = 1; size < 8; size++) {
            assertThat(walk(all(), size))
                    .containsExactly("dl_newer", "dl_a", "dl_b", "dl_c", "dl_d", "dl_e", "dl_older");
        }
        assertThat(walk(period(NOW, NOW.plusMillis(1)), 2)).containsExactly("dl_a", "dl_b", "dl_c", "dl_d", "dl_e");
        assertThat(walk(period(NOW.plusNanos(1_000), NOW.plusSeconds(1)), 2)).containsExactly("dl_newer");
    }

    /// The last one read may have no finer time than is shown, though others of its moment have.
    @Test
    void noneOfAMomentIsLeftOutWhereAPageEndsWithin() {
        add(owner.project(), DeadLetterSeed.of("z", NOW.plusNanos(500_000)));
        add(owner.project(), DeadLetterSeed.of("y", NOW.plusNanos(400_000)));
        for (String id : List.of("a", "b", "c")) {
            add(owner.project(), DeadLetterSeed.of(id, NOW));
        }
        for (int size = 1; size < 6; size++) {
            assertThat(walk(all(), size)).containsExactly("dl_a", "dl_b", "dl_c", "dl_y", "dl_z");
        }
    }

    @Test
    void ofManyWhoAskAtOnceOneGetsTheReplay() throws Exception {
        for (int i = 0; i < 50; i++) {
            add(owner.project(), DeadLetterSeed.of("x" + i, NOW.minusSeconds(i)));
        }
        List<Future<Optional<DeadLetters.Replay>>> answers = new ArrayList<>();
        try (ExecutorService threads = Executors.newFixedThreadPool(4)) {
            for (int i = 0; i < 8; i++) {
                answers.add(threads.submit(() -> replay(all())));
            }
        }
        int started = 0;
        for (Future<Optional<DeadLetters.Replay>> answer : answers) {
            started += answer.get().isPresent() ? 1 : 0;
        }
        assertThat(started).isEqualTo(1);
        assertThat(numbers("select count(*) from delivery_backlog")).containsExactly(50L);
    }

    @Test
    void anInspectionShowsWhatWasSentAndAnswered() {
        add(owner.project(), DeadLetterSeed.of("x", NOW));
        UUID request = UUID.randomUUID();
        execute("""
                insert into delivery_request (id, at, project_id, platform, events, event_ids, outcome, http_status, trace_id,
                    latency_ms) values (?, now(), ?, 0, 1, '{}', 'rejected', 400, 'trace', 1)""", request, owner.project());
        execute("update dead_letter set payload = '{}', answer = 'no', request_id = ?", request);
        DeadLetters.Inspection found = letters().find(owner.project(), "dl_x").orElseThrow();
        assertThat(found).isEqualTo(new DeadLetters.Inspection(found.item(), "{}", "no", 400, "trace"));
    }

    private Accounting.Sums sums() {
        return new PostgresAccounting(postgres.database().jdbi())
                .read(owner.project(), Platform.META, Optional.empty(), NOW.minus(Duration.ofHours(1)), NOW);
    }

    private static void execute(String sql, Object... arguments) {
        postgres.database().jdbi().useHandle(handle -> handle.execute(sql, arguments));
    }

    private static List<Long> numbers(String sql) {
        return postgres.database()
                .jdbi()
                .withHandle(handle -> handle.createQuery(sql).mapTo(Long.class).list());
    }
}
