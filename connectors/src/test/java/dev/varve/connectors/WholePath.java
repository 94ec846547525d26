package dev.varve.connectors;

import com.fasterxml.jackson.databind.JsonNode;
import dev.varve.collect.CollectOutcome;
import dev.varve.collect.Collector;
import dev.varve.collect.EventAllowance;
import dev.varve.collect.SdkRequest;
import dev.varve.collect.ServerRequest;
import dev.varve.connectors.meta.MetaMapping;
import dev.varve.connectors.tiktok.TikTokMapping;
import dev.varve.connectors.tiktok.TikTokSettings;
import dev.varve.destination.Candidate;
import dev.varve.destination.Destination;
import dev.varve.destination.Preparation;
import dev.varve.event.LoggedEvent;
import dev.varve.event.Platform;
import dev.varve.event.RequestOrigin;
import dev.varve.eventlog.InMemoryEventLog;
import dev.varve.identity.KnownIds;
import dev.varve.tenant.IngestApp;
import dev.varve.tenant.SdkPlatform;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// From the bytes of a request to the payloads of both platforms, through the code that production runs.
final class WholePath {
    static final String AGENT = "OwnShop/4";
    private static final RequestOrigin ORIGIN = new RequestOrigin("203.0.113.20", AGENT);

    private final InMemoryEventLog log = new InMemoryEventLog();
    private final IngestApp app = Samples.app(SdkPlatform.WEB);
    private final Collector collector =
            new Collector(log, id -> Optional.of(app), EventAllowance.UNLIMITED, () -> Samples.NOW);
    private final MetaMapping meta = new MetaMapping();
    private final TikTokMapping tiktok = new TikTokMapping(TikTokSettings.DEFAULT.maxEventAge());

    CollectOutcome sdk(byte[] body) {
        return collector.collectSdk(new SdkRequest(app.appId(), null, false, null, null, ORIGIN, body));
    }

    CollectOutcome server(byte[] body) {
        return collector.collectServer(new ServerRequest(app, body));
    }

    /// One SDK event, given by its members.
    WholePath event(String members) {
        sdk(("{'events':[{'event':'add_to_cart','timestamp':'2026-11-18T12:34:00Z','platform':'web'," + members + "}]}")
                .replace('\'', '"')
                .getBytes(StandardCharsets.UTF_8));
        return this;
    }

    List<LoggedEvent> stored() {
        return log.read(log.ownStreams().getFirst(), 0, 1_000);
    }

    String lastDocument() {
        return new String(stored().getLast().event().document(), StandardCharsets.UTF_8);
    }

    JsonNode last(Platform platform) {
        return Samples.payload(prepare(platform, stored().getLast()));
    }

    Preparation prepare(Platform platform, LoggedEvent event) {
        Candidate candidate = new Candidate(event, app, KnownIds.NONE);
        Destination destination =
                Samples.destination(platform, platform == Platform.META ? "1" : "CPIXEL", Destination.Mapping.DEFAULT);
        return switch (platform) {
            case META -> meta.prepare(candidate, destination, Samples.NOW);
            case TIKTOK -> tiktok.prepare(candidate, destination, Samples.NOW);
        };
    }

    /// All payloads that any stored event becomes.
    List<String> payloads() {
        List<String> payloads = new ArrayList<>();
        for (LoggedEvent event : stored()) {
            for (Platform platform : Platform.values()) {
                if (prepare(platform, event) instanceof Preparation.Prepared prepared) {
                    payloads.add(new String(prepared.event().payload(), StandardCharsets.UTF_8));
                }
            }
        }
        return payloads;
    }
}
