package dev.varve.store.postgres.identity;

import static dev.varve.store.postgres.tenant.Columns.at;
import static dev.varve.store.postgres.tenant.Columns.bool;
import static dev.varve.store.postgres.tenant.Columns.id;
import static dev.varve.store.postgres.tenant.Columns.storable;
import static dev.varve.store.postgres.tenant.Columns.text;
import static dev.varve.store.postgres.tenant.Columns.uuids;

import dev.varve.identity.ConsentRecord;
import dev.varve.identity.Consents;
import dev.varve.identity.Profiles.Subject;
import dev.varve.store.postgres.Patience;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jdbi.v3.core.Jdbi;

/// Consent records in PostgreSQL. Thread-safe, also among processes.
public final class PostgresConsents implements Consents {
    /// Before every transaction there ever was.
    static final String BEGINNING = "0";

    private static final int FETCH_ROWS = 5_000;
    private static final String NEWER =
            "excluded.<f> is not null and (c.<f>_at is null or excluded.<f>_at >= c.<f>_at)";
    private static final String TAKE_NEWER =
            "<f> = case when <newer> then excluded.<f> else c.<f> end, <f>_at = case when <newer> then excluded.<f>_at else c.<f>_at end";

    private final Jdbi jdbi;

    public PostgresConsents(Jdbi jdbi) {
        this.jdbi = jdbi;
    }

    /// One statement for all subjects, in the order of their keys, so that nobody waits in a circle.
    @Override
    public void state(Collection<Subject> subjects, Statement statement) {
        List<SubjectKey> keys = subjects.stream().distinct().map(SubjectKey::of).toList();
        ConsentRecord said = statement.said();
        jdbi.useHandle(handle -> handle.createUpdate(
                        """
                        insert into consent_record as c (project_id, subject, analytics, analytics_at, advertising,
                            advertising_at, att_status, att_status_at)
                        select project_id, subject, :analytics, case when :analytics is not null then :at end,
                            :advertising, case when :advertising is not null then :at end,
                            cast(:att as text), case when cast(:att as text) is not null then :at end
                        from unnest(:projects, :subjects) as u(project_id, subject) order by project_id, subject
                        on conflict (project_id, subject) do update set changed = pg_current_xact_id(), """ + takeNewer("analytics") + ", " + takeNewer("advertising") + ", " + takeNewer("att_status"))
                .bindByType("analytics", said.analytics(), Boolean.class)
                .bindByType("advertising", said.advertising(), Boolean.class)
                .bind("att", said.attStatus())
                .bind("at", at(storable(statement.at())))
                .bind("projects", uuids(keys.stream().map(SubjectKey::project).toList()))
                .bind("subjects", uuids(keys.stream().map(SubjectKey::subject).toList()))
                .execute());
    }

    private static String takeNewer(String field) {
        return TAKE_NEWER.replace("<newer>", NEWER).replace("<f>", field);
    }

    @Override
    public Map<Subject, ConsentRecord> find(Collection<Subject> subjects) {
        if (subjects.isEmpty()) {
            return Map.of();
        }
        List<Subject> asked = subjects.stream().distinct().toList();
        List<SubjectKey> keys = asked.stream().map(SubjectKey::of).toList();
        Map<Subject, ConsentRecord> found = new HashMap<>();
        jdbi.useHandle(handle -> handle.createQuery("""
                        with asked as (
                            select * from unnest(:projects, :subjects) with ordinality as a(project_id, subject, place))
                        select a.place, c.* from asked a join consent_record c using (project_id, subject)""")
                .bind("projects", uuids(keys.stream().map(SubjectKey::project).toList()))
                .bind("subjects", uuids(keys.stream().map(SubjectKey::subject).toList()))
                .map((row, context) -> found.put(asked.get(row.getInt("place") - 1), read(row)))
                .list());
        return found;
    }

    /// Hands over the keys of those restricting records that were written by `since` or later, and answers from where
    /// to read on. Every record written after this call is among those of the next.
    String changes(String since, Consumer<SubjectKey> sink) {
        return jdbi.inTransaction(handle -> {
            Patience.BACKGROUND.within(handle);
            String next = handle.createQuery("select pg_snapshot_xmin(pg_current_snapshot())::text")
                    .mapTo(String.class)
                    .one();
            try (var rows = handle.createQuery("""
                            select project_id, subject from consent_record
                            where changed >= cast(:since as xid8)
                                and (not analytics or not advertising or att_status <> 'authorized')""")
                    .bind("since", since)
                    .setFetchSize(FETCH_ROWS)
                    .map((row, context) -> new SubjectKey(id(row, "project_id"), id(row, "subject")))
                    .iterator()) {
                rows.forEachRemaining(sink);
            }
            return next;
        });
    }

    private static ConsentRecord read(ResultSet row) throws SQLException {
        return new ConsentRecord(bool(row, "analytics"), bool(row, "advertising"), text(row, "att_status"));
    }
}
