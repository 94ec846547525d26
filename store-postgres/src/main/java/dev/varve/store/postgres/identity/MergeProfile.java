package dev.varve.store.postgres.identity;

import static dev.varve.store.postgres.tenant.Columns.uuid;

import com.fasterxml.jackson.databind.JsonNode;
import dev.varve.identity.MergedProfile;
import dev.varve.identity.Profiles;
import dev.varve.store.postgres.tenant.Columns;
import java.sql.ResultSet;
import java.sql.SQLException;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.SqlStatement;

/// Reads a profile under its row's lock, merges and writes it back. Touches one row, so nobody waits in a circle.
final class MergeProfile {
    private final Handle handle;
    private final SubjectKey key;

    MergeProfile(Handle handle, SubjectKey key) {
        this.handle = handle;
        this.key = key;
    }

    void apply(String userId, Profiles.Description description) {
        ensureRow(userId);
        MergedProfile profile = lock();
        profile.merge(description);
        write(profile);
    }

    private void ensureRow(String userId) {
        keyed(handle.createUpdate("""
                        insert into user_profile (project_id, subject, user_id, properties, match, property_times,
                            match_times, updated_at)
                        values (:project, :subject, :userId, '{}', '{}', '{}', '{}', now())
                        on conflict do nothing""")).bind("userId", Columns.storable(userId)).execute();
    }

    private MergedProfile lock() {
        return keyed(handle.createQuery("""
                        select * from user_profile where project_id = :project and subject = :subject for update""")).map((row, context) -> read(row)).one();
    }

    private static MergedProfile read(ResultSet row) throws SQLException {
        return new MergedProfile(
                new MergedProfile.Members(
                        StoredJson.object(row.getString("properties")),
                        StoredJson.object(row.getString("property_times"))),
                new MergedProfile.Members(
                        StoredJson.object(row.getString("match")), StoredJson.object(row.getString("match_times"))));
    }

    private void write(MergedProfile profile) {
        keyed(handle.createUpdate("""
                        update user_profile set properties = :properties, property_times = :propertyTimes,
                            match = :match, match_times = :matchTimes, updated_at = now()
                        where project_id = :project and subject = :subject"""))
                .bind("properties", text(profile.properties().values()))
                .bind("propertyTimes", text(profile.properties().times()))
                .bind("match", text(profile.match().values()))
                .bind("matchTimes", text(profile.match().times()))
                .execute();
    }

    private static String text(JsonNode node) {
        return node.toString();
    }

    private <S extends SqlStatement<S>> S keyed(S statement) {
        return statement.bind("project", uuid(key.project())).bind("subject", uuid(key.subject()));
    }
}
