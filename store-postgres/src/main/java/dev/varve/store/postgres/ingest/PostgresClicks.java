package dev.varve.store.postgres.ingest;

import static dev.varve.store.postgres.tenant.Columns.at;
import static dev.varve.store.postgres.tenant.Columns.storable;
import static dev.varve.store.postgres.tenant.Columns.uuid;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.varve.click.Clicks;
import java.util.Map;
import java.util.UUID;
import org.jdbi.v3.core.Jdbi;
import org.jspecify.annotations.Nullable;

/// Click records in PostgreSQL; `Retention` forgets them with the matching records.
public final class PostgresClicks implements Clicks {
    private final Jdbi jdbi;

    public PostgresClicks(Jdbi jdbi) {
        this.jdbi = jdbi;
    }

    @Override
    public void record(Click click) {
        jdbi.useHandle(handle -> handle.createUpdate("""
                        insert into click_record (id, at, project_id, app_id, click_ids, utm, ip, user_agent)
                        values (:id, :at, :project, :app, :clickIds, :utm, :ip, :userAgent)""")
                .bind("id", uuid(UUID.randomUUID()))
                .bind("at", at(click.at()))
                .bind("project", uuid(click.projectId()))
                .bind("app", click.appId())
                .bind("clickIds", json(click.clickIds()))
                .bind("utm", json(click.utm()))
                .bind("ip", text(click.origin().ip()))
                .bind("userAgent", text(click.origin().userAgent()))
                .execute());
    }

    private static String json(Map<String, String> members) {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        members.forEach(json::put);
        return json.toString();
    }

    private static @Nullable String text(@Nullable String text) {
        return text == null ? null : storable(text);
    }
}
