package dev.varve.connectors.meta;

import dev.varve.connectors.PlatformHttp;
import dev.varve.connectors.PlatformHttp.Exchange;
import dev.varve.connectors.RequestBody;
import dev.varve.connectors.mapping.BatchKey;
import dev.varve.destination.Answer;
import dev.varve.destination.AttemptOutcome;
import dev.varve.destination.Candidate;
import dev.varve.destination.Connector;
import dev.varve.destination.Destination;
import dev.varve.destination.MatchQuality;
import dev.varve.destination.PlatformCounts;
import dev.varve.destination.Preparation;
import dev.varve.destination.PreparedEvent;
import dev.varve.destination.ProbeResult;
import dev.varve.event.LoggedEvent;
import dev.varve.event.Platform;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Meta's Conversions API: `POST {endpoint}/{version}/{pixelId}/events` with the token in the `Authorization` header,
/// never in the address. One invalid event makes Meta refuse the whole request, so callers split a `Rejected` batch.
public final class MetaConnector implements Connector {
    static final String PARTNER_AGENT = "varve";
    private static final int MAX_EVENTS = 1000;
    private static final int DEFAULT_EVENTS = 200;
    private static final int MAX_BYTES = 1 << 20;
    private static final int MAX_IN_FLIGHT = 4;

    private final MetaMapping mapping = new MetaMapping();
    private final MetaAnswerReader reader = new MetaAnswerReader();
    private final PlatformHttp http;
    private final InstantSource clock;
    private final MetaSettings settings;

    /// `client`: HTTP/1.1, not following redirects; see `PlatformHttp.newClient`.
    public MetaConnector(HttpClient client, InstantSource clock, MetaSettings settings) {
        this.http = new PlatformHttp(client, clock);
        this.clock = clock;
        this.settings = settings;
    }

    @Override
    public Platform platform() {
        return Platform.META;
    }

    @Override
    public Limits limits() {
        return new Limits(
                MAX_EVENTS,
                DEFAULT_EVENTS,
                MAX_BYTES,
                MAX_IN_FLIGHT,
                settings.timeout(),
                new Rate(0, List.of(Duration.ofMinutes(1))));
    }

    @Override
    public MatchQuality matchQuality(PreparedEvent event) {
        throw new UnsupportedOperationException();
    }

    @Override
    public PlatformCounts counts(Destination destination, Instant from, Instant until) {
        throw new UnsupportedOperationException();
    }

    @Override
    public boolean isStandardName(String name) {
        return MetaEventNames.isStandard(name);
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
    public AttemptOutcome send(Destination destination, List<PreparedEvent> events) {
        Map<String, String> members = new LinkedHashMap<>();
        members.put("partner_agent", PARTNER_AGENT);
        String code = BatchKey.parse(events.getFirst().batchKey()).testEventCode();
        if (code != null) {
            members.put("test_event_code", code);
        }
        return switch (post(destination, RequestBody.of(members, events))) {
            case Exchange.Answered answered -> reader.read(answered.answer());
            case Exchange.Broken broken -> new AttemptOutcome.Unavailable(broken.answer(), broken.fateUnknown());
            case Exchange.Impossible impossible -> new AttemptOutcome.Misconfigured(impossible.answer());
        };
    }

    @Override
    public ProbeResult probe(Destination destination) {
        return switch (post(destination, MetaProbe.body(settings.operatorUrl(), clock.instant()))) {
            case Exchange.Answered answered -> reader.readProbe(answered.answer());
            case Exchange.Broken broken -> new ProbeResult.Unknown(broken.answer());
            case Exchange.Impossible impossible -> new ProbeResult.TokenRefused(impossible.answer());
        };
    }

    private Exchange post(Destination destination, byte[] body) {
        String pixelId = destination.pixelId();
        if (pixelId == null || destination.accessToken().isEmpty()) {
            return new Exchange.Impossible(new Answer(
                    clock.instant(), Duration.ZERO, 0, null, "the destination has no pixel id or no token", null));
        }
        String address = destination.endpoint() + "/" + settings.apiVersion() + "/"
                + URLEncoder.encode(pixelId, StandardCharsets.UTF_8) + "/events";
        String token = destination.accessToken().get().value();
        return http.post(address, Map.of("Authorization", "Bearer " + token), body, settings.timeout());
    }
}
