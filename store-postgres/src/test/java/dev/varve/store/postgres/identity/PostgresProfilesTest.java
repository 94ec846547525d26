package dev.varve.store.postgres.identity;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.varve.identity.Profiles;
import dev.varve.identity.ProfilesContract;
import dev.varve.store.postgres.PostgresForTests;
import org.junit.jupiter.api.extension.RegisterExtension;

class PostgresProfilesTest extends ProfilesContract {
    @RegisterExtension
    static final PostgresForTests postgres = new PostgresForTests();

    @Override
    protected Profiles profiles() {
        return new PostgresProfiles(postgres.database().jdbi());
    }

    @Override
    protected ObjectNode properties(Profiles.Subject user) {
        return postgres.database().jdbi().withHandle(handle -> handle.createQuery(
                        "select properties from user_profile where project_id = :project and user_id = :user")
                .bind("project", user.projectId())
                .bind("user", user.id())
                .map((row, context) -> StoredJson.object(row.getString(1)))
                .one());
    }
}
