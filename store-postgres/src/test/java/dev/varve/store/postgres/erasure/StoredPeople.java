package dev.varve.store.postgres.erasure;

import dev.varve.delivery.BacklogEntry;
import dev.varve.event.Consent;
import dev.varve.event.Event;
import dev.varve.event.EventIdentity;
import dev.varve.event.EventSource;
import dev.varve.event.RequestOrigin;
import dev.varve.event.SenderFacts;
import dev.varve.eventlog.EventBatch;
import dev.varve.identity.Profiles.Subject;
import dev.varve.store.postgres.Database;
import dev.varve.store.postgres.identity.SubjectKey;
import dev.varve.store.postgres.log.PostgresEventLog;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// A project with events of several people and a row of every other kind for each event and each person.
final class StoredPeople {
    static final Instant NOW = Instant.parse("2026-11-04T12:00:30Z");

    final UUID project = UUID.randomUUID();
    final String app = "app_" + project;
    private final Database database;
    private final PostgresEventLog log;

    StoredPeople(Database database, PostgresEventLog log) {
        this.database = database;
        this.log = log;
        UUID organization = UUID.randomUUID();
        execute(
                "insert into organization (id, name, created_at, updated_at) values (?, 'o', now(), now())",
                organization);
        execute("""
                insert into project (id, organization_id, mode, name, timezone, primary_language, target_gender,
                    created_at, updated_at) values (?, ?, 'live', 'p', 'UTC', 'en', 'all', now(), now())""", project, organization);
        execute("""
                insert into sdk_app (app_id, project_id, name, platform, app_key_sha256, created_at, last_rotated_at)
                values (?, ?, 'a', 'web', '', now(), now())""", app, project);
        execute("""
                insert into job (id, organization_id, project_id, kind, status, total, created_at)
                values (?, ?, ?, 'dead_letter_replay', 'running', 1, now())""", job(), organization, project);
    }

    Subject user(String id) {
        return new Subject(project, Subject.Kind.USER, id);
    }

    Subject install(String id) {
        return new Subject(project, Subject.Kind.INSTALL, id);
    }

    Event event(String eventId, @Nullable String user, @Nullable String install, Instant occurredAt) {
        return new Event(
                new EventIdentity(project, app, eventId, "purchase_success"),
                occurredAt,
                EventSource.SDK,
                false,
                new SenderFacts(null, null, user, install, null),
                Consent.UNSTATED,
                ("{\"whose\":\"" + user + "\"}").getBytes(StandardCharsets.UTF_8),
                new RequestOrigin("203.0.113.7", "agent"));
    }

    /// In one request. Nobody has read them afterwards.
    void append(Event... events) {
        log.append(new EventBatch(NOW, Arrays.asList(events)));
    }

    /// The relay has planned all events and met every fate with each: forwarded by Meta, waiting for TikTok, with a
    /// dead letter that is on its way again besides.
    void plan() {
        execute("update log_stream s set position = coalesce("
                + "(select max(log_offset) from event where log_offset >> 40 = s.stream), position)");
        String ofProject = " from event e where e.project_id = ? and not exists (select from delivery_receipt r"
                + " where r.log_offset = e.log_offset)";
        for (String metric : new String[] {"0, 'accepted'", "0, 'settled'", "1, 'accepted'"}) {
            execute(
                    "insert into delivery_rollup as r select project_id, app_id, " + metric.split(",")[0]
                            + ", date_trunc('minute', received_at)," + metric.split(",")[1] + ", count(*)" + ofProject
                            + " group by 1, 2, 4 on conflict (project_id, platform, minute, metric, app_id)"
                            + " do update set count = r.count + excluded.count",
                    project);
        }
        execute(
                "insert into delivery_attempt (log_offset, platform, attempt, request_id, sent_as, outcome)"
                        + " select log_offset, 1, 1, gen_random_uuid(), 'Purchase', 'retry'" + ofProject,
                project);
        execute(
                "insert into delivery_backlog (owner, project_id, platform, log_offset, occurred_at, received_at, app_id,"
                        + " attempts, next_at) select log_offset >> 40, project_id, 1, log_offset, occurred_at, received_at,"
                        + " app_id, 1, 'infinity'" + ofProject,
                project);
        execute(
                "insert into dead_letter (id, project_id, app_id, platform, log_offset, occurred_at, event_id, event_name,"
                        + " reason, code, attempts, first_failed_at, last_failed_at, too_old_at, payload, job_id, is_replaying)"
                        + " select 'dl_' || gen_random_uuid(), project_id, app_id, 1, log_offset, occurred_at, event_id, name, 'r',"
                        + " 'c', 1, now(), now(), now(), convert_from(document, 'UTF8'), '" + job() + "', true"
                        + ofProject,
                project);
        execute(
                "insert into job_event (job_id, log_offset, platform, occurred_at) select '" + job()
                        + "', log_offset, 1, occurred_at" + ofProject,
                project);
        execute(
                "insert into delivery_receipt (log_offset, platform, occurred_at, state, attempts, at)"
                        + " select log_offset, 0, occurred_at, 1, 1, now()" + ofProject,
                project);
    }

    /// A profile, a known id, a consent record, and a click that led here.
    void describe(Subject subject) {
        UUID key = SubjectKey.of(subject).subject();
        String click = "click-of-" + subject.id();
        execute("insert into known_id values (?, ?, 'fbc', ?, now())", project, key, "fb.1.1596403881668." + click);
        execute("insert into user_profile values (?, ?, ?, '{}', '{}', '{}', '{}', now())", project, key, subject.id());
        execute("insert into consent_record (project_id, subject, advertising) values (?, ?, false)", project, key);
        execute(
                "insert into click_record (id, at, project_id, app_id, click_ids, utm) values"
                        + " (gen_random_uuid(), now(), ?, ?, ?, '{}')",
                project,
                app,
                "{\"fbclid\":\"" + click + "\"}");
    }

    /// Rows of this project by table, the waiting ones without those given up.
    Map<String, Long> rows() {
        String events = " t join event e using (log_offset) where e.project_id = ?";
        Map<String, Long> rows = new TreeMap<>();
        for (String table :
                new String[] {"event", "dead_letter", "known_id", "user_profile", "consent_record", "click_record"}) {
            rows.put(table, number("select count(*) from " + table + " where project_id = ?", project));
        }
        for (String table : new String[] {"event_key", "delivery_receipt", "delivery_attempt", "job_event"}) {
            rows.put(table, number("select count(*) from " + table + events, project));
        }
        rows.put(
                "delivery_backlog",
                number(
                        "select count(*) from delivery_backlog where project_id = ? and occurred_at <> ?",
                        project,
                        BacklogEntry.ERASED.atOffset(ZoneOffset.UTC)));
        return rows;
    }

    long number(String sql, Object... parameters) {
        return database.jdbi()
                .withHandle(handle ->
                        handle.select(sql, parameters).mapTo(Long.class).one());
    }

    void execute(String sql, Object... parameters) {
        database.jdbi().useHandle(handle -> handle.execute(sql, parameters));
    }

    private String job() {
        return "job_" + project;
    }
}
