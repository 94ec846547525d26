package dev.varve.server.conformance;

import com.fasterxml.jackson.databind.JsonNode;
import dev.varve.collect.CollectOutcome;
import dev.varve.collect.Collector;
import dev.varve.collect.EventAllowance;
import dev.varve.collect.ServerRequest;
import dev.varve.connectors.PlatformHttp;
import dev.varve.connectors.mapping.BatchKey;
import dev.varve.connectors.meta.MetaConnector;
import dev.varve.connectors.meta.MetaSettings;
import dev.varve.connectors.tiktok.TikTokConnector;
import dev.varve.connectors.tiktok.TikTokSettings;
import dev.varve.destination.Candidate;
import dev.varve.destination.Connector;
import dev.varve.destination.Destination;
import dev.varve.destination.Preparation;
import dev.varve.destination.PreparedEvent;
import dev.varve.destination.SkipReason;
import dev.varve.event.LoggedEvent;
import dev.varve.event.Platform;
import dev.varve.identity.KnownIds;
import dev.varve.tenant.IngestApp;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.InstantSource;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// The way of one case's event: collected as a server's, then mapped, by the code that production runs.
final class CasePath {
    private final Map<Platform, Connector> connectors;

    CasePath() {
        var client = PlatformHttp.newClient(Runnable::run);
        this.connectors = Map.of(
                Platform.META, new MetaConnector(client, InstantSource.system(), MetaSettings.DEFAULT),
                Platform.TIKTOK, new TikTokConnector(client, InstantSource.system(), TikTokSettings.DEFAULT));
    }

    /// `configured`: the entry of the layer's `eventMap` that the case needed, as its user would have made it.
    record Result(Sending sending, @Nullable String configured) {}

    Result follow(Case one) {
        CapturingLog log = new CapturingLog();
        IngestApp app = CaseSetting.app(one);
        CollectOutcome outcome = new Collector(
                        log, id -> Optional.of(app), EventAllowance.UNLIMITED, InstantSource.fixed(one.now()))
                .collectServer(new ServerRequest(app, ServerBody.of(one.event(), one.platform())));
        List<LoggedEvent> stored = log.take();
        if (stored.isEmpty()) {
            return new Result(new Sending.NotSent("refused at ingest: " + reasonOf(outcome)), null);
        }
        return mapped(one, new Candidate(stored.getFirst(), app, KnownIds.NONE));
    }

    private Result mapped(Case one, Candidate candidate) {
        Preparation preparation = prepare(one, candidate, Map.of());
        String name = candidate.event().event().name();
        boolean isUnmapped = preparation instanceof Preparation.Skipped(SkipReason reason)
                && reason == SkipReason.UNMAPPED
                && !connector(one).isStandardName(name);
        if (!isUnmapped) {
            return new Result(sending(preparation), null);
        }
        String target = target(one, name);
        Preparation again = prepare(one, candidate, Map.of(name, Optional.of(target)));
        return new Result(sending(again), name + " as " + target);
    }

    private Preparation prepare(Case one, Candidate candidate, Map<String, Optional<String>> eventMap) {
        Destination destination = CaseSetting.destination(one, candidate.app(), eventMap);
        return connector(one).prepare(candidate, destination, one.now());
    }

    private Connector connector(Case one) {
        Connector connector = connectors.get(one.platform());
        if (connector == null) {
            throw new IllegalStateException("no connector for " + one.platform());
        }
        return connector;
    }

    /// What a user would map a name to that no vocabulary has: the standard name that differs in case only, else the
    /// same name as a custom event.
    private String target(Case one, String name) {
        JsonNode expected = one.expected().path("expected_event");
        String stated = expected.path(one.platform() == Platform.META ? "event_name" : "event")
                .asText();
        String capitalised = name.substring(0, 1).toUpperCase(Locale.ROOT) + name.substring(1);
        if (stated.equalsIgnoreCase(name) && connector(one).isStandardName(stated)) {
            return stated;
        }
        return connector(one).isStandardName(capitalised) ? capitalised : name;
    }

    private static Sending sending(Preparation preparation) {
        return switch (preparation) {
            case Preparation.Prepared(PreparedEvent event) -> sent(event);
            case Preparation.Skipped(SkipReason reason) -> new Sending.NotSent("skipped: " + reason.wireName());
            case Preparation.Refused refused -> new Sending.NotSent("dead letter: " + refused.reason());
        };
    }

    private static Sending sent(PreparedEvent event) {
        BatchKey key = BatchKey.parse(event.batchKey());
        var request = CaseFile.JSON.createObjectNode().put("event_source", key.source());
        if (key.testEventCode() != null) {
            request.put("test_event_code", key.testEventCode());
        }
        try {
            return new Sending.Sent(CaseFile.JSON.readTree(event.payload()), request);
        } catch (IOException e) {
            throw new UncheckedIOException("the mapping wrote no JSON", e);
        }
    }

    private static String reasonOf(CollectOutcome outcome) {
        if (outcome instanceof CollectOutcome.Invalid invalid) {
            return invalid.rejected().isEmpty()
                    ? invalid.issues().getFirst().message()
                    : invalid.rejected().getFirst().message();
        }
        return outcome.getClass().getSimpleName();
    }
}
