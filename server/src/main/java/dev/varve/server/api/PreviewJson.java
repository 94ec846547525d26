package dev.varve.server.api;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.varve.delivery.Routing;
import dev.varve.destination.Candidate;
import dev.varve.destination.Connector;
import dev.varve.destination.Destination;
import dev.varve.destination.MatchQuality;
import dev.varve.destination.Preparation;
import dev.varve.destination.PreparedEvent;
import dev.varve.destination.SkipReason;
import dev.varve.event.Documents;
import dev.varve.event.Platform;
import dev.varve.identity.MatchFields;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;

/// What the platforms would get of one event. `candidate` is empty when the user denied analytics, so that nothing
/// would even be stored. `shown` makes of a payload what the caller may see.
record PreviewJson(Optional<Candidate> candidate, UnaryOperator<JsonNode> shown, Instant now) {
    private static final JsonMapper JSON = JsonMapper.builder(Documents.FACTORY)
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .build();

    static PreviewJson unconsented() {
        return new PreviewJson(Optional.empty(), payload -> payload, Instant.EPOCH);
    }

    ObjectNode row(Platform platform, Optional<Destination> destination, Map<Platform, Connector> connectors) {
        Connector connector = connectors.get(platform);
        if (connector == null) {
            return refused(platform, SkipReason.DISABLED.wireName());
        }
        if (candidate.isEmpty()) {
            ObjectNode row = refused(platform, SkipReason.CONSENT.wireName());
            row.withArray("warnings").add("consent.analytics is denied: the event would not be stored");
            return row;
        }
        return row(candidate.get(), connector, Routing.decide(candidate.get(), destination, connector, now));
    }

    private ObjectNode row(Candidate event, Connector connector, Routing routing) {
        Platform platform = connector.platform();
        return switch (routing) {
            case Routing.Off _ -> refused(platform, SkipReason.DISABLED.wireName());
            case Routing.Skip(SkipReason reason) -> refused(platform, reason.wireName());
            case Routing.Route(Preparation.Skipped(SkipReason reason)) -> refused(platform, reason.wireName());
            case Routing.Route(Preparation.Refused refused) -> {
                ObjectNode row = refused(platform, refused.reason()).put("sentAs", refused.sentAs());
                row.withArray("warnings").add(refused.message());
                yield row;
            }
            case Routing.Route(Preparation.Prepared(PreparedEvent prepared)) -> sent(event, prepared, connector);
        };
    }

    private static ObjectNode refused(Platform platform, String reason) {
        ObjectNode row = Json.object()
                .put("platform", platform.shortName())
                .put("wouldSend", false)
                .put("reason", reason);
        row.putArray("warnings");
        return row;
    }

    private ObjectNode sent(Candidate event, PreparedEvent prepared, Connector connector) {
        MatchQuality quality = connector.matchQuality(prepared);
        ObjectNode row = Json.object()
                .put("platform", connector.platform().shortName())
                .put("wouldSend", true)
                .put("sentAs", prepared.sentAs());
        row.set("payload", shown.apply(parse(prepared.payload())));
        ObjectNode match = row.putObject("matchQuality").put("score", quality.score());
        quality.present().forEach(match.putArray("present")::add);
        quality.missing().forEach(match.putArray("missing")::add);
        Set<String> warnings = new LinkedHashSet<>(prepared.notes());
        event.document().path("match").path(MatchFields.WARNINGS).forEach(one -> warnings.add(one.asText()));
        ArrayNode array = row.putArray("warnings");
        warnings.forEach(array::add);
        return row;
    }

    private static JsonNode parse(byte[] payload) {
        try {
            return JSON.readTree(payload);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
