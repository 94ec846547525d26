package dev.varve.webhook;

import dev.varve.tenant.Projects;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// A customer's URL for notices. `projectId` null: of all projects. Its signing secret is stored apart.
public record WebhookEndpoint(
        UUID id, Projects.Owner owner, @Nullable UUID projectId, Target target, Status status, History history) {

    /// What PATCH can change. `metadata` is the customer's own.
    public record Target(
            String url,
            List<WebhookEventType> events,
            @Nullable String description,
            Map<String, String> metadata,
            Scope scope) {
        public Target {
            events = List.copyOf(events);
            metadata = Map.copyOf(metadata);
        }

        /// Never prints the URL, which may hold a token of the receiver's.
        @Override
        public String toString() {
            return "Target[" + events + "]";
        }
    }

    /// What became of it.
    public record History(
            Instant createdAt,
            Instant updatedAt,
            @Nullable Instant lastSuccessAt,
            @Nullable Instant lastFailureAt,
            int consecutiveFailures) {
        public static History fresh(Instant now) {
            return new History(now, now, null, null, 0);
        }

        History at(Instant now, int failures) {
            return new History(createdAt, now, lastSuccessAt, lastFailureAt, failures);
        }
    }

    public enum Scope {
        OWN,
        /// Its own organization and all direct children of it.
        ALL_CHILDREN;

        public String wireName() {
            return name().toLowerCase(Locale.ROOT);
        }

        /// @throws IllegalArgumentException for anything but a wire name
        public static Scope of(String wireName) {
            return valueOf(wireName.toUpperCase(Locale.ROOT));
        }
    }

    public enum Status {
        ACTIVE,
        PAUSED,
        /// Paused by too many failures in a row.
        AUTO_PAUSED;

        public String wireName() {
            return name().toLowerCase(Locale.ROOT);
        }

        /// @throws IllegalArgumentException for anything but a wire name
        public static Status of(String wireName) {
            return valueOf(wireName.toUpperCase(Locale.ROOT));
        }
    }

    public WebhookEndpoint with(Target next, Instant now) {
        return new WebhookEndpoint(id, owner, projectId, next, status, history.at(now, history.consecutiveFailures));
    }

    /// Being set active forgets the failures.
    public WebhookEndpoint with(Status next, Instant now) {
        int failures = next == Status.ACTIVE ? 0 : history.consecutiveFailures;
        return new WebhookEndpoint(id, owner, projectId, target, next, history.at(now, failures));
    }
}
