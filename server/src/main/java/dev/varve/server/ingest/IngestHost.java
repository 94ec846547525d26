package dev.varve.server.ingest;

import io.helidon.webserver.http.HttpRules;

/// The ingest host's routes besides `/events` and `/health`.
public record IngestHost(
        PersonRoute properties, PersonRoute consent, ConfigRoute config, PostbackRoute postbacks, ClickRoute clicks) {
    public void register(HttpRules rules) {
        properties.register(rules);
        consent.register(rules);
        config.register(rules);
        postbacks.register(rules);
        clicks.register(rules);
    }
}
