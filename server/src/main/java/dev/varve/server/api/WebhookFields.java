package dev.varve.server.api;

import dev.varve.server.webhook.WebhookTargets;
import dev.varve.webhook.WebhookEndpoint;
import dev.varve.webhook.WebhookEventType;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// Reads what a webhook endpoint wants, over what it wanted before.
final class WebhookFields {
    static final WebhookEndpoint.Target BLANK =
            new WebhookEndpoint.Target("", List.of(), null, Map.of(), WebhookEndpoint.Scope.OWN);
    private static final Fields.Text EVENT = Fields.Text.oneOf(WebhookEventType.wireNames());
    private static final Fields.Text DESCRIPTION = Fields.Text.length(0, 500);
    private static final Fields.Text SCOPE = Fields.Text.oneOf(Set.of("own", "all_children"));
    private static final Fields.Text STATUS = Fields.Text.oneOf(Set.of("active", "paused"));
    private static final int MAX_EVENTS = 50;

    private WebhookFields() {}

    /// Looks the receiver's name up, which may take a while.
    static void checkUrl(Fields fields, WebhookTargets targets) {
        String url = fields.text("url", "", Fields.Text.length(1, 2048));
        if (!url.isEmpty()) {
            targets.problem(url).ifPresent(problem -> fields.issue("url", problem));
        }
    }

    /// `checkUrl` says whether the URL can be used.
    static WebhookEndpoint.Target target(Fields fields, WebhookEndpoint.Target before) {
        return new WebhookEndpoint.Target(
                url(fields, before),
                fields.has("events") ? events(fields) : before.events(),
                fields.textOrNull("description", before.description(), DESCRIPTION),
                MetadataFields.merge(fields, before.metadata()),
                WebhookEndpoint.Scope.of(fields.text("scope", before.scope().wireName(), SCOPE)));
    }

    private static String url(Fields fields, WebhookEndpoint.Target before) {
        return fields.has("url") ? fields.givenText("url") : before.url();
    }

    private static List<WebhookEventType> events(Fields fields) {
        return fields.texts("events", List.of(), MAX_EVENTS, EVENT).stream()
                .distinct()
                .flatMap(name -> WebhookEventType.parse(name).stream())
                .toList();
    }

    static Optional<WebhookEndpoint.Status> status(Fields fields) {
        return fields.has("status")
                ? Optional.of(WebhookEndpoint.Status.of(fields.text("status", "active", STATUS)))
                : Optional.empty();
    }
}
