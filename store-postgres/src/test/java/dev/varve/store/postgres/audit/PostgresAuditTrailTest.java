package dev.varve.store.postgres.audit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.varve.audit.AuditTrail;
import dev.varve.audit.AuditTrail.Filter;
import dev.varve.audit.AuditTrail.Row;
import dev.varve.audit.AuditTrail.Subject;
import dev.varve.audit.AuditTrailContract;
import dev.varve.event.Platform;
import dev.varve.store.postgres.PostgresForTests;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.statement.SqlLogger;
import org.jdbi.v3.core.statement.StatementContext;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class PostgresAuditTrailTest extends AuditTrailContract {
    @RegisterExtension
    static final PostgresForTests postgres = new PostgresForTests();

    private final UUID project = UUID.randomUUID();
    private final UUID layer = UUID.randomUUID();

    @Override
    protected AuditTrail trail() {
        return new PostgresAuditTrail(postgres.database().jdbi(), () -> NOW);
    }

    @Test
    void aRequestToAPlatformIsARowOfTheTrail() {
        UUID sent = forward(Platform.META, 200, NOW);
        UUID lost = forward(Platform.TIKTOK, 0, NOW.minusSeconds(1));
        List<Row> rows = trail().page(all(), Optional.empty(), 9);
        assertThat(rows).extracting(Row::id).containsExactly(sent, lost);
        Row row = rows.getFirst();
        assertThat(row.eventType()).isEqualTo("capi.forward");
        assertThat(row.subject()).isEqualTo(new Subject("capi_forward", "lyr_" + layer));
        assertThat(row.projectId()).isEqualTo(project);
        assertThat(row.data())
                .hasToString(
                        "{\"platform\":\"meta_ads\",\"pixelId\":\"12\",\"events\":2,\"eventIds\":[\"a\",\"b\"],"
                                + "\"outcome\":\"forwarded\",\"httpStatus\":200,\"platformCode\":null,\"fbtrace_id\":\"t\",\"latencyMs\":38}");
        assertThat(rows.getLast().data().path("request_id").asText()).isEqualTo("t");
        assertThat(rows.getLast().data().path("httpStatus").isNull()).isTrue();
        assertThat(rows.getLast().data().has("fbtrace_id")).isFalse();
    }

    @Test
    void bothSourcesShareOneOrder() {
        List<UUID> ids = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
            Instant at = NOW.minusSeconds(i);
            ids.add(i % 2 == 0 ? forward(Platform.META, 200, at) : record(row("a.b", at)));
        }
        assertThat(walk(all(), 2)).isEqualTo(ids);
    }

    @Test
    void filtersHoldForForwardsToo() {
        Instant at = NOW.minusSeconds(5);
        postgres.database().jdbi().useHandle(this::addLayer);
        UUID sent = forward(Platform.META, 200, at);
        record(row("a.b", at));
        assertThat(walk(filter(Optional.of("capi_forward"), Optional.empty(), Optional.empty(), Optional.of(at)), 9))
                .containsExactly(sent);
        assertThat(walk(filter(Optional.empty(), Optional.of("lyr_" + layer), Optional.empty(), Optional.empty()), 9))
                .containsExactly(sent);
        assertThat(walk(filter(Optional.empty(), Optional.empty(), Optional.of("capi.forward"), Optional.empty()), 9))
                .containsExactly(sent);
        for (String other : List.of("lyr_" + UUID.randomUUID(), "prj_" + layer, "prj_1")) {
            assertThat(walk(filter(Optional.empty(), Optional.of(other), Optional.empty(), Optional.empty()), 9))
                    .isEmpty();
        }
        assertThat(walk(filter(Optional.of("layer"), Optional.empty(), Optional.empty(), Optional.empty()), 9))
                .isEmpty();
    }

    /// As an older release stored them: finer than what is shown.
    @Test
    void forwardsOfOneShownMomentAreInTheOrderOfTheirIdsAndUntilTakesThemIn() {
        Instant moment = NOW.truncatedTo(ChronoUnit.MILLIS);
        List<UUID> same = new ArrayList<>();
        for (int i = 0; i < 7; i++) {
            same.add(forward(Platform.META, 200, moment.plusNanos(1_000L * (3 + 140 * i))));
        }
        same.add(record(row("a.b", moment.plusNanos(500_000))));
        same.sort(Comparator.comparing(UUID::toString));
        UUID newer = forward(Platform.META, 200, moment.plusMillis(1));
        UUID older = forward(Platform.META, 200, moment.minusNanos(1_000));
        List<UUID> expected = new ArrayList<>(same);
        expected.addFirst(newer);
        expected.addLast(older);
        for (int size = 1; size < 10; size++) {
            assertThat(walk(all(), size)).isEqualTo(expected);
        }
        assertThat(trail().page(all(), Optional.empty(), 99))
                .extracting(Row::occurredAt)
                .contains(moment)
                .isSubsetOf(moment, moment.plusMillis(1), moment.minusMillis(1));
        assertThat(walk(filter(Optional.empty(), Optional.empty(), Optional.empty(), Optional.of(moment)), 3))
                .isEqualTo(same);
    }

    @Test
    void aBareUuidFindsSubjectsOfEveryPrefix() {
        postgres.database().jdbi().useHandle(this::addLayer);
        UUID sent = forward(Platform.META, 200, NOW);
        assertThat(walk(filter(Optional.empty(), Optional.of(layer.toString()), Optional.empty(), Optional.empty()), 9))
                .containsExactly(sent);
        assertThat(walk(
                        filter(
                                Optional.of("project"),
                                Optional.of(layer.toString()),
                                Optional.empty(),
                                Optional.empty()),
                        9))
                .isEmpty();
    }

    @Test
    void noPageReadsATableThrough() {
        postgres.database().jdbi().useHandle(handle -> {
            addLayer(handle);
            addMany(handle);
            List<Filter> filters = List.of(
                    all(),
                    ofProject(Optional.empty()),
                    ofProject(Optional.of("capi_forward")),
                    filter(
                            Optional.of("capi_forward"),
                            Optional.of("lyr_" + layer),
                            Optional.empty(),
                            Optional.empty()));
            for (Filter filter : filters) {
                for (String plan : plansOf(filter)) {
                    assertThat(plan)
                            .contains("Index")
                            .doesNotContain("Seq Scan on audit_row", "Seq Scan on delivery_request", "Sort");
                }
            }
        });
    }

    /// The plans of the statements that a page runs, with their values.
    private static List<String> plansOf(Filter filter) {
        List<String> plans = new ArrayList<>();
        Jdbi watched = Jdbi.create(postgres.database().dataSource());
        watched.setSqlLogger(new SqlLogger() {
            @Override
            public void logBeforeExecution(StatementContext context) {
                plans.add(context.getStatement().toString());
            }
        });
        new PostgresAuditTrail(watched, () -> NOW).page(filter, Optional.empty(), 51);
        return postgres.database().jdbi().withHandle(handle -> plans.stream()
                .map(sql -> String.join(
                        "\n",
                        handle.createQuery("explain "
                                        + sql.replaceFirst("^.*wrapping ", "").replace("?", "\\?"))
                                .mapTo(String.class)
                                .list()))
                .toList());
    }

    private Filter ofProject(Optional<String> subjectType) {
        return new Filter(
                organization,
                subjectType,
                Optional.empty(),
                Optional.empty(),
                Optional.of(project),
                Optional.empty(),
                Optional.empty(),
                Optional.empty());
    }

    /// 100,000 rows in each table, an eighth of them of this organization, half of those of this project.
    private void addMany(Handle handle) {
        String owner = """
                select gen_random_uuid() as id, ?::timestamptz - n * interval '10 seconds' as at,
                    case when n % 8 = 0 then ?::uuid else gen_random_uuid() end as organization,
                    case when n % 16 = 0 then ?::uuid else gen_random_uuid() end as project
                from generate_series(1, 100000) as n""";
        handle.execute(
                "insert into audit_row (id, organization_id, event_type, occurred_at, actor, project_id, data)"
                        + " select id, organization, 'a.b', at, 'system', project, '{}' from (" + owner + ") as o",
                NOW.atOffset(ZoneOffset.UTC),
                organization,
                project);
        handle.execute(
                "insert into delivery_request (id, at, project_id, platform, events, event_ids, outcome, http_status,"
                        + " latency_ms, organization_id, layer_id) select id, at, project, 0, 1, '{}', 'forwarded', 200, 1, organization,"
                        + " case when project = ?::uuid then ?::uuid end from (" + owner + ") as o",
                project,
                layer,
                NOW.atOffset(ZoneOffset.UTC),
                organization,
                project);
        handle.execute("vacuum analyze audit_row");
        handle.execute("vacuum analyze delivery_request");
    }

    private void addLayer(Handle handle) {
        handle.execute(
                "insert into organization (id, name, created_at, updated_at) values (?, 'o', now(), now())",
                organization);
        handle.execute("""
                insert into project (id, organization_id, mode, name, timezone, primary_language, target_gender,
                    created_at, updated_at) values (?, ?, 'live', 'p', 'UTC', 'en', 'all', now(), now())""", project, organization);
        handle.execute(
                "insert into layer (id, project_id, platform, updated_at) values (?, ?, 'meta_ads', now())",
                layer,
                project);
    }

    private UUID forward(Platform platform, int httpStatus, Instant at) {
        UUID id = UUID.randomUUID();
        postgres.database()
                .jdbi()
                .useHandle(handle -> handle.execute(
                        """
                insert into delivery_request (id, at, project_id, platform, pixel_id, events, event_ids, outcome, http_status,
                    trace_id, latency_ms, organization_id, layer_id)
                values (?, ?, ?, ?, '12', 2, '{a,b}', 'forwarded', ?, 't', 38, ?, ?)""",
                        id,
                        at.atOffset(ZoneOffset.UTC),
                        project,
                        platform.ordinal(),
                        httpStatus,
                        organization,
                        layer));
        return id;
    }
}
