package dev.varve.store.postgres.webhook;

import static dev.varve.store.postgres.tenant.Columns.id;
import static dev.varve.store.postgres.tenant.Columns.idOrNull;
import static dev.varve.store.postgres.tenant.Columns.instant;
import static dev.varve.store.postgres.tenant.Columns.instantOrNull;
import static dev.varve.store.postgres.tenant.Columns.text;
import static dev.varve.store.postgres.tenant.Columns.textList;
import static dev.varve.store.postgres.tenant.Columns.textMap;

import dev.varve.tenant.Mode;
import dev.varve.tenant.Projects;
import dev.varve.webhook.WebhookEndpoint;
import dev.varve.webhook.WebhookEventType;
import java.sql.ResultSet;
import java.sql.SQLException;

/// Reads a row of `webhook_endpoint`.
final class EndpointRow {
    private EndpointRow() {}

    static WebhookEndpoint read(ResultSet row) throws SQLException {
        return new WebhookEndpoint(
                id(row, "id"),
                new Projects.Owner(
                        id(row, "organization_id"),
                        Mode.parse(row.getString("mode")).orElseThrow()),
                idOrNull(row, "project_id"),
                new WebhookEndpoint.Target(
                        row.getString("url"),
                        textList(row, "events").stream()
                                .flatMap(name -> WebhookEventType.parse(name).stream())
                                .toList(),
                        text(row, "description"),
                        textMap(row, "metadata"),
                        WebhookEndpoint.Scope.of(row.getString("scope"))),
                WebhookEndpoint.Status.of(row.getString("status")),
                new WebhookEndpoint.History(
                        instant(row, "created_at"),
                        instant(row, "updated_at"),
                        instantOrNull(row, "last_success_at"),
                        instantOrNull(row, "last_failure_at"),
                        row.getInt("consecutive_failures")));
    }
}
