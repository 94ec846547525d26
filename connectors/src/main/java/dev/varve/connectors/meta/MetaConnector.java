package dev.varve.connectors.meta;

import dev.varve.connectors.PlatformHttp;
import dev.varve.connectors.PlatformHttp.Exchange;
import dev.varve.connectors.RequestBody;
import dev.varve.connectors.mapping.BatchKey;
import dev.varve.destination.AttemptOutcome;
import dev.varve.destination.Candidate;
import dev.varve.destination.Connector;
import dev.varve.destination.Destination;
import dev.varve.destination.MatchQuality;
import dev.varve.destination.PlatformCounts;
import dev.varve.destination.Preparation;
import dev.varve.destination.PreparedEvent;
import dev.varve.destination.ProbeResult;
import dev.varve.event.Event;
import dev.varve.event.LoggedEvent;
import dev.varve.event.Platform;
import java.net.http.HttpClient;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Meta's Conversions API: `POST {endpoint}/{version}/{pixelId}/events` with the token in the `Authorization` header,
/// never in the address; a destination whose token Meta takes in the body only is found by its
/// probe. One invalid event makes Meta refuse the whole request, so callers split a `Rejected` batch.
public final class MetaConnector implements Connector {
    static final String PARTNER_AGENT = "varve";
    static final String TOKEN_MEMBER = "access_token";
    private static final int MAX_EVENTS = 1000;
    private static final int DEFAULT_EVENTS = 200;
    private static final int MAX_BYTES = 1 << 20;
    private static final int MAX_IN_FLIGHT = 4;
    private static final List<Duration> THROTTLE_LADDER = List.of(
            Duration.ofMinutes(1),
            Duration.ofMinutes(2),
            Duration.ofMinutes(4),
            Duration.ofMinutes(8),
            Duration.ofMinutes(15));

    private final MetaMapping mapping = new MetaMapping();
    private final MetaAnswerReader reader = new MetaAnswerReader();
    private final MetaTraits traits = new MetaTraits();
    private final MetaGraph graph;
    private final MetaProbe probe;
    private final MetaStats stats;
    private final Limits limits;

    /// `client`: HTTP/1.1, not following redirects; see `PlatformHttp.newClient`.
    public MetaConnector(HttpClient client, InstantSource clock, MetaSettings settings) {
        this.graph = new MetaGraph(new PlatformHttp(client, clock), clock, settings);
        this.probe = new MetaProbe(graph, traits, clock, settings);
        this.stats = new MetaStats(graph, clock);
        this.limits = new Limits(
                MAX_EVENTS, DEFAULT_EVENTS, MAX_BYTES, MAX_IN_FLIGHT, settings.timeout(), new Rate(0, THROTTLE_LADDER));
    }

    @Override
    public Platform platform() {
        return Platform.META;
    }

    @Override
    public Limits limits() {
        return limits;
    }

    @Override
    public boolean isStandardName(String name) {
        return MetaEventNames.isStandard(name);
    }

    @Override
    public boolean isUnmapped(Event event, Destination destination) {
        return mapping.isUnmapped(event, destination);
    }

    @Override
    public Preparation prepare(Candidate candidate, Destination destination, Instant now) {
        return mapping.prepare(candidate, destination, now);
    }

    @Override
    public Instant tooOldAt(LoggedEvent event, Destination destination) {
        return mapping.tooOldAt(event, destination);
    }

    @Override
    public MatchQuality matchQuality(PreparedEvent event) {
        return MetaMatchQuality.of(event);
    }

    @Override
    public AttemptOutcome send(Destination destination, List<PreparedEvent> events) {
        return switch (post(destination, events)) {
            case Exchange.Answered answered -> reader.read(answered.answer());
            case Exchange.Broken broken -> new AttemptOutcome.Unavailable(broken.answer(), broken.fateUnknown());
            case Exchange.Impossible impossible -> new AttemptOutcome.Misconfigured(impossible.answer());
        };
    }

    private Exchange post(Destination destination, List<PreparedEvent> events) {
        boolean tokenInBody = traits.of(destination).tokenInBody();
        Map<String, String> members = new LinkedHashMap<>();
        if (tokenInBody) {
            members.put(TOKEN_MEMBER, MetaGraph.token(destination));
        }
        members.put("partner_agent", PARTNER_AGENT);
        String code = BatchKey.parse(events.getFirst().batchKey()).testEventCode();
        if (code != null) {
            members.put("test_event_code", code);
        }
        byte[] body = RequestBody.of(members, events);
        return tokenInBody ? graph.postEventsWithTokenInBody(destination, body) : graph.postEvents(destination, body);
    }

    @Override
    public ProbeResult probe(Destination destination) {
        return probe.ask(destination);
    }

    @Override
    public PlatformCounts counts(Destination destination, Instant from, Instant until) {
        return stats.count(destination, from, until);
    }
}
