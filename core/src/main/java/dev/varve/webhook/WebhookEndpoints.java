package dev.varve.webhook;

import dev.varve.tenant.Projects;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.UnaryOperator;

/// Stores webhook endpoints and, encrypted, their signing secrets. Every look-up is scoped by organization and mode.
public interface WebhookEndpoints {
    /// Most endpoints of one organization and mode.
    int LIMIT = 50;

    /// False when the owner has `LIMIT` already; nothing was saved.
    boolean insert(WebhookEndpoint endpoint, String signingSecret);

    Optional<WebhookEndpoint> find(Projects.Owner owner, UUID id);

    /// Newest first, at most `limit`.
    List<WebhookEndpoint> list(Projects.Owner owner, Filter filter, Optional<Projects.Position> after, int limit);

    /// Applies `change` while nobody else can change the endpoint; what it throws leaves everything as it was.
    Optional<Changed> change(Projects.Owner owner, UUID id, UnaryOperator<WebhookEndpoint> change);

    /// False when there is none. Its secrets go with it.
    boolean delete(Projects.Owner owner, UUID id);

    /// The secret so far stays valid until `previousUntil`; one that was replaced before goes. False when there is no
    /// such endpoint.
    boolean rotateSecret(Projects.Owner owner, UUID id, Rotation rotation);

    /// The secrets that sign at `now`, the current one first; empty when there is no such endpoint.
    List<String> signingSecrets(UUID id, Instant now);

    /// `projectId`: those of one project, without organization-wide ones.
    record Filter(Optional<UUID> projectId, Optional<WebhookEndpoint.Status> status) {}

    record Changed(WebhookEndpoint before, WebhookEndpoint after) {}

    record Rotation(String signingSecret, Instant now, Instant previousUntil) {
        @Override
        public String toString() {
            return "Rotation[***]";
        }
    }
}
