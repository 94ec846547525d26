package dev.varve.store.postgres.identity;

import static dev.varve.store.postgres.tenant.Columns.at;
import static dev.varve.store.postgres.tenant.Columns.instant;
import static dev.varve.store.postgres.tenant.Columns.texts;
import static dev.varve.store.postgres.tenant.Columns.times;
import static dev.varve.store.postgres.tenant.Columns.uuids;

import dev.varve.identity.KnownIds;
import dev.varve.identity.Profiles;
import dev.varve.store.postgres.tenant.Columns;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jdbi.v3.core.Jdbi;

/// Known ids and user profiles in PostgreSQL. Thread-safe, also among processes.
public final class PostgresProfiles implements Profiles {
    private final Jdbi jdbi;

    public PostgresProfiles(Jdbi jdbi) {
        this.jdbi = jdbi;
    }

    @Override
    public Map<Subject, KnownIds> find(Set<Subject> subjects, Instant now) {
        if (subjects.isEmpty()) {
            return Map.of();
        }
        List<Subject> asked = List.copyOf(subjects);
        List<SubjectKey> keys = asked.stream().map(SubjectKey::of).toList();
        Map<Subject, Gathered> found = new HashMap<>();
        jdbi.useHandle(handle -> handle.createQuery("""
                        with asked as (
                            select * from unnest(:projects, :subjects) with ordinality as a(project_id, subject, place))
                        select a.place, k.name, k.value, k.first_at, null as match
                        from asked a join known_id k using (project_id, subject) where k.first_at >= :oldest
                        union all
                        select a.place, null, null, null, p.match
                        from asked a join user_profile p using (project_id, subject)""")
                .bind("projects", uuids(keys.stream().map(SubjectKey::project).toList()))
                .bind("subjects", uuids(keys.stream().map(SubjectKey::subject).toList()))
                .bind("oldest", at(now.minus(KnownIds.LIFETIME)))
                .map((row, context) -> found.computeIfAbsent(asked.get(row.getInt("place") - 1), _ -> new Gathered())
                        .add(row))
                .list());
        Map<Subject, KnownIds> known = new HashMap<>();
        found.forEach((subject, gathered) -> {
            if (!gathered.known().isEmpty()) {
                known.put(subject, gathered.known());
            }
        });
        return known;
    }

    private static final class Gathered {
        private final Map<String, KnownIds.Seen> ids = new HashMap<>();
        private KnownIds profile = KnownIds.NONE;

        Gathered add(ResultSet row) throws SQLException {
            String match = row.getString("match");
            if (match == null) {
                ids.put(row.getString("name"), new KnownIds.Seen(row.getString("value"), instant(row, "first_at")));
            } else {
                profile = new KnownIds(Map.of(), StoredJson.object(match));
            }
            return this;
        }

        KnownIds known() {
            return new KnownIds(ids, profile.profile());
        }
    }

    /// One row per id, so the database merges: what it has and what comes are compared under the row's lock. Most ids
    /// come again and again; those that change nothing are left out before any row is locked.
    @Override
    public void remember(Map<Subject, Map<String, KnownIds.Seen>> seen) {
        List<Sighting> sightings = sightings(seen);
        if (sightings.isEmpty()) {
            return;
        }
        jdbi.useHandle(handle -> handle.createUpdate("""
                        insert into known_id as k (project_id, subject, name, value, first_at)
                        select u.* from unnest(:projects, :subjects, :names, :values, :times)
                            as u(project_id, subject, name, value, first_at)
                        where not exists (
                            select from known_id s
                            where s.project_id = u.project_id and s.subject = u.subject and s.name = u.name
                              and case when s.value = u.value then s.first_at <= u.first_at
                                  else (s.first_at, s.value collate "C") >= (u.first_at, u.value collate "C") end)
                        order by project_id, subject, name
                        on conflict (project_id, subject, name) do update
                            set value = excluded.value, first_at = excluded.first_at
                            where case when k.value = excluded.value then k.first_at > excluded.first_at
                                else (k.first_at, k.value collate "C") < (excluded.first_at, excluded.value collate "C") end""")
                .bind(
                        "projects",
                        uuids(sightings.stream().map(s -> s.key().project()).toList()))
                .bind(
                        "subjects",
                        uuids(sightings.stream().map(s -> s.key().subject()).toList()))
                .bind("names", texts(sightings.stream().map(Sighting::name).toList()))
                .bind("values", texts(sightings.stream().map(Sighting::value).toList()))
                .bind("times", times(sightings.stream().map(Sighting::firstAt).toList()))
                .execute());
    }

    private record Sighting(SubjectKey key, String name, String value, Instant firstAt) {}

    private static List<Sighting> sightings(Map<Subject, Map<String, KnownIds.Seen>> seen) {
        List<Sighting> sightings = new ArrayList<>();
        seen.forEach((subject, ids) -> ids.forEach((name, id) ->
                sightings.add(new Sighting(SubjectKey.of(subject), name, Columns.storable(id.value()), id.firstAt()))));
        return sightings;
    }

    @Override
    public void describe(Subject user, Description description) {
        SubjectKey key = SubjectKey.of(user);
        jdbi.useTransaction(handle -> new MergeProfile(handle, key).apply(user.id(), description));
    }
}
