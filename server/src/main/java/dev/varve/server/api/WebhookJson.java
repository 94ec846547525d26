package dev.varve.server.api;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.varve.tenant.PrefixedId;
import dev.varve.webhook.WebhookEndpoint;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// A webhook endpoint in answers, without its secret.
final class WebhookJson {
    private WebhookJson() {}

    static ObjectNode of(WebhookEndpoint endpoint) {
        WebhookEndpoint.Target target = endpoint.target();
        ObjectNode body = Json.object()
                .put("id", endpoint.id().toString())
                .put(
                        "organizationId",
                        PrefixedId.ORGANIZATION.format(endpoint.owner().organizationId()))
                .put("projectId", projectId(endpoint.projectId()))
                .put("url", target.url())
                .put("description", target.description());
        body.set("metadata", MetadataFields.json(target.metadata()));
        body.put("scope", target.scope().wireName())
                .put("status", endpoint.status().wireName());
        target.events().forEach(type -> body.withArray("events").add(type.wireName()));
        WebhookEndpoint.History history = endpoint.history();
        return body.put("apiVersion", "v1")
                .put("createdAt", Json.time(history.createdAt()))
                .put("updatedAt", Json.time(history.updatedAt()))
                .put("lastSuccessAt", Json.time(history.lastSuccessAt()))
                .put("lastFailureAt", Json.time(history.lastFailureAt()))
                .put("consecutiveFailureCount", history.consecutiveFailures());
    }

    private static @Nullable String projectId(@Nullable UUID id) {
        return id == null ? null : PrefixedId.PROJECT.format(id);
    }
}
