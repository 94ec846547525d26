package dev.varve.connectors.tiktok;

import dev.varve.connectors.PlatformHttp;
import dev.varve.connectors.PlatformHttp.Exchange;
import dev.varve.connectors.RequestBody;
import dev.varve.connectors.mapping.BatchKey;
import dev.varve.destination.Answer;
import dev.varve.destination.AttemptOutcome;
import dev.varve.destination.AttemptOutcome.Delivered;
import dev.varve.destination.AttemptOutcome.Misconfigured;
import dev.varve.destination.AttemptOutcome.PartlyStored;
import dev.varve.destination.AttemptOutcome.Unavailable;
import dev.varve.destination.Candidate;
import dev.varve.destination.Connector;
import dev.varve.destination.Destination;
import dev.varve.destination.MatchQuality;
import dev.varve.destination.Notices;
import dev.varve.destination.Pace;
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
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/// TikTok's Events API 2.0: `POST {endpoint}/open_api/v1.3/event/track/` (the slash matters) with the raw token in
/// `Access-Token`.
public final class TikTokConnector implements Connector {
    private static final String PATH = "/open_api/v1.3/event/track/";
    private static final String PARTNER_NAME = "Varve";
    private static final String MADE_UP_TOKEN = "0000000000000000000000000000000000000000";
    private static final int MAX_EVENTS = 1000;
    private static final int DEFAULT_EVENTS = 200;
    private static final int MAX_BYTES = 1 << 20;
    private static final int MAX_IN_FLIGHT = 8;
    /// A tenth of what TikTok allows an app: nobody knows which allowance a token made in its Events Manager draws on.
    private static final Rate RATE = new Rate(
            100, List.of(Duration.ofSeconds(1), Duration.ofSeconds(5), Duration.ofSeconds(30), Duration.ofMinutes(5)));

    private final TikTokMapping mapping;
    private final TikTokAnswerReader reader = new TikTokAnswerReader();
    private final PartialAnswers partialAnswers = new PartialAnswers();
    private final ProbeCalibration calibration = new ProbeCalibration();
    private final Set<Destination.Key> partnerNameRefused = ConcurrentHashMap.newKeySet();
    private final TikTokStatistics statistics;
    private final PlatformHttp http;
    private final InstantSource clock;
    private final TikTokSettings settings;
    private final Notices notices;

    /// `client`: HTTP/1.1, not following redirects; see `PlatformHttp.newClient`.
    public TikTokConnector(HttpClient client, InstantSource clock, TikTokSettings settings) {
        this(client, clock, settings, Notices.LOGGED);
    }

    public TikTokConnector(HttpClient client, InstantSource clock, TikTokSettings settings, Notices notices) {
        this.http = new PlatformHttp(client, clock);
        this.statistics = new TikTokStatistics(http, reader, clock, settings);
        this.clock = clock;
        this.settings = settings;
        this.mapping = new TikTokMapping(settings.maxEventAge());
        this.notices = notices;
    }

    @Override
    public Platform platform() {
        return Platform.TIKTOK;
    }

    @Override
    public Limits limits() {
        return new Limits(MAX_EVENTS, DEFAULT_EVENTS, MAX_BYTES, MAX_IN_FLIGHT, settings.timeout(), RATE);
    }

    @Override
    public boolean isStandardName(String name) {
        return TikTokEventNames.isStandard(name);
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
    public MatchQuality matchQuality(PreparedEvent event) {
        return TikTokMatchQuality.of(event);
    }

    @Override
    public Instant tooOldAt(LoggedEvent event, Destination destination) {
        return mapping.tooOldAt(event);
    }

    @Override
    public AttemptOutcome send(Destination destination, List<PreparedEvent> events) {
        boolean named = !partnerNameRefused.contains(destination.key());
        AttemptOutcome outcome = sendOnce(destination, events, named);
        if (named && hasCode(outcome, TikTokAnswerReader.INVALID_PARTNER_NAME)) {
            partnerNameRefused.add(destination.key());
            notices.raise(TikTokNotices.PARTNER_NAME_REFUSED, destination, outcome.answer());
            outcome = sendOnce(destination, events, false);
        }
        if (hasCode(outcome, TikTokAnswerReader.UNHASHED)) {
            notices.raise(TikTokNotices.UNHASHED, destination, outcome.answer());
        }
        return outcome instanceof PartlyStored partly ? secondPartial(destination, events, partly) : outcome;
    }

    /// TikTok recognises what it has by the event ids, so after a repeat all that can be stored is.
    private AttemptOutcome secondPartial(Destination destination, List<PreparedEvent> events, PartlyStored first) {
        if (!partialAnswers.isSecond(destination.key(), events)) {
            return first;
        }
        notices.raise(TikTokNotices.PARTIAL, destination, first.answer());
        return new Delivered(first.answer(), events.size(), Pace.FULL, List.of("partial"));
    }

    private AttemptOutcome sendOnce(Destination destination, List<PreparedEvent> events, boolean named) {
        BatchKey key = BatchKey.parse(events.getFirst().batchKey());
        byte[] body = RequestBody.of(members(destination, key, named), events);
        return switch (post(destination, token(destination), body)) {
            case Exchange.Answered answered -> reader.read(answered.answer(), events.size());
            case Exchange.Broken broken -> new Unavailable(broken.answer(), broken.fateUnknown());
            case Exchange.Impossible impossible -> new Misconfigured(impossible.answer());
        };
    }

    @Override
    public ProbeResult probe(Destination destination) {
        ProbeResult result = probe(destination, token(destination));
        return result instanceof ProbeResult.Accepted accepted && !accepted.conclusive()
                ? new ProbeResult.Accepted(accepted.answer(), tokenComesFirst(destination))
                : result;
    }

    private boolean tokenComesFirst(Destination destination) {
        return calibration.tokenComesFirst(
                destination.endpoint(),
                clock.instant(),
                () -> probe(destination, MADE_UP_TOKEN) instanceof ProbeResult.TokenRefused);
    }

    private ProbeResult probe(Destination destination, @Nullable String token) {
        BatchKey key = new BatchKey(TikTokSource.ofDestination(destination).wireName(), null);
        byte[] body = RequestBody.of(members(destination, key, false), List.of());
        return switch (post(destination, token, body)) {
            case Exchange.Answered answered -> reader.readProbe(answered.answer());
            case Exchange.Broken broken -> new ProbeResult.Unknown(broken.answer());
            case Exchange.Impossible impossible -> new ProbeResult.TokenRefused(impossible.answer());
        };
    }

    /// Of whole UTC days that lie at least partly between the two instants, at most the newest 28.
    @Override
    public PlatformCounts counts(Destination destination, Instant from, Instant until) {
        return statistics.counts(destination, from, until);
    }

    private static Map<String, String> members(Destination destination, BatchKey key, boolean named) {
        Map<String, String> members = new LinkedHashMap<>();
        members.put("event_source", key.source());
        members.put("event_source_id", destination.pixelId() == null ? "" : destination.pixelId());
        if (named) {
            members.put("partner_name", PARTNER_NAME);
        }
        if (key.testEventCode() != null) {
            members.put("test_event_code", key.testEventCode());
        }
        return members;
    }

    private Exchange post(Destination destination, @Nullable String token, byte[] body) {
        if (destination.pixelId() == null || token == null) {
            return new Exchange.Impossible(new Answer(
                    clock.instant(), Duration.ZERO, 0, null, "the destination has no pixel id or no token", null));
        }
        return http.post(destination.endpoint() + PATH, Map.of("Access-Token", token), body, settings.timeout());
    }

    private static @Nullable String token(Destination destination) {
        return destination.accessToken().map(Destination.AccessToken::value).orElse(null);
    }

    private static boolean hasCode(AttemptOutcome outcome, int code) {
        return Integer.valueOf(code).equals(outcome.answer().platformCode());
    }
}
