package dev.varve.store.postgres.timeline;

import java.util.List;
import java.util.UUID;
import org.jdbi.v3.core.Jdbi;

/// A project and its apps as rows, with nothing more in them than the schema asks for.
final class ProjectRows {
    private ProjectRows() {}

    static UUID insert(Jdbi jdbi, List<String> apps) {
        UUID id = UUID.randomUUID();
        jdbi.useHandle(handle -> {
            handle.execute(
                    "insert into organization (id, name, created_at, updated_at) values (?, 'o', now(), now())", id);
            handle.execute("""
                    insert into project (id, organization_id, mode, name, timezone, primary_language, target_gender,
                        created_at, updated_at) values (?, ?, 'live', 'p', 'UTC', 'en', 'all', now(), now())""", id, id);
            handle.createUpdate("""
                            insert into sdk_app (app_id, project_id, name, platform, app_key_sha256, created_at,
                                last_rotated_at)
                            select app, :project, 'a', 'ios', '', now(), now() from unnest(:apps) app""")
                    .bind("project", id)
                    .bindArray("apps", String.class, apps)
                    .execute();
        });
        return id;
    }
}
