package dev.varve.connectors;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.varve.destination.Candidate;
import dev.varve.destination.Destination;
import dev.varve.destination.Destination.AccessToken;
import dev.varve.destination.Destination.DataProcessing;
import dev.varve.destination.Destination.Mapping;
import dev.varve.destination.Preparation;
import dev.varve.destination.PreparedEvent;
import dev.varve.event.Consent;
import dev.varve.event.Event;
import dev.varve.event.EventIdentity;
import dev.varve.event.EventSource;
import dev.varve.event.LoggedEvent;
import dev.varve.event.Platform;
import dev.varve.event.RequestOrigin;
import dev.varve.event.SenderFacts;
import dev.varve.identity.KnownIds;
import dev.varve.tenant.IngestApp;
import dev.varve.tenant.SdkPlatform;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/// Events, apps and destinations for tests.
public final class Samples {
    public static final Instant NOW = Instant.parse("2026-11-18T12:35:00Z");
    public static final Instant OCCURRED = Instant.ofEpochSecond(1795005296L);
    public static final UUID PROJECT = UUID.fromString("553b1ece-d8be-4051-be35-1cb962aae2e8");
    public static final String EM = "6412a5a0e9f65212530813f2f24615d02b69f0b0a5deb9ebd51c0015d6f34653";
    public static final String PH = "a7274f98c43038d9c630738ac54c4cd06495600f29d7904131a2474a91d3d042";
    public static final String TT_PHONE = "19317f0437d748c2e75c9d451197ae3ccc2e67c6d1e05cba41f25e639e3a7528";
    public static final String ID = "44ed0cc365bc16cd0373ce2cbf5bc1362206acf344e254edfd9389e33ee6dc2b";
    public static final String MATCH = "{\"em\":[\"" + EM + "\"]}";
    private static final ObjectMapper JSON = new ObjectMapper();

    private Samples() {}

    public static JsonNode json(String text) {
        try {
            return JSON.readTree(text.replace('\'', '"'));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public static JsonNode payload(Preparation preparation) {
        try {
            return JSON.readTree(prepared(preparation).payload());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public static PreparedEvent prepared(Preparation preparation) {
        if (preparation instanceof Preparation.Prepared prepared) {
            return prepared.event();
        }
        throw new AssertionError("not prepared: " + preparation);
    }

    /// `properties`, `context` and `match` with single quotes for double ones.
    public static String document(String properties, String context, String match) {
        return ("{'properties':" + properties + ",'context':" + context + ",'match':" + match + "}").replace('\'', '"');
    }

    public static LoggedEvent event(String name, String platform, String document) {
        return event(name, platform, document, OCCURRED, false);
    }

    public static LoggedEvent event(
            String name, String platform, String document, Instant occurredAt, boolean synthetic) {
        return new LoggedEvent(
                1,
                OCCURRED.plusSeconds(2),
                new Event(
                        new EventIdentity(PROJECT, "app_1", "evt-1", name),
                        occurredAt,
                        EventSource.SDK,
                        synthetic,
                        new SenderFacts("production", platform, "cust-20417", "inst_1", "sess_1"),
                        Consent.UNSTATED,
                        document.replace('\'', '"').getBytes(StandardCharsets.UTF_8),
                        new RequestOrigin("203.0.113.24", "Mozilla/5.0 (test)")));
    }

    public static LoggedEvent withoutOrigin(LoggedEvent logged) {
        Event event = logged.event();
        return new LoggedEvent(
                logged.offset(),
                logged.receivedAt(),
                new Event(
                        event.identity(),
                        event.occurredAt(),
                        event.source(),
                        event.synthetic(),
                        event.sender(),
                        event.consent(),
                        event.document(),
                        RequestOrigin.UNKNOWN));
    }

    public static Candidate candidate(LoggedEvent event, IngestApp app) {
        return new Candidate(event, app, KnownIds.NONE);
    }

    public static IngestApp app(SdkPlatform platform) {
        return new IngestApp(
                "app_1",
                PROJECT,
                platform,
                new IngestApp.AppKeyPolicy(new byte[32], false),
                new IngestApp.AppStoreIdentity(
                        "Example Shop",
                        "com.example.shop",
                        "com.example.shop.android",
                        "shop.example.com",
                        "525463029"),
                Map.of(),
                Map.of());
    }

    public static IngestApp namelessApp() {
        return new IngestApp(
                "app_1",
                PROJECT,
                SdkPlatform.WEB,
                new IngestApp.AppKeyPolicy(new byte[32], false),
                new IngestApp.AppStoreIdentity("Example Shop", null, null, null, null),
                Map.of(),
                Map.of());
    }

    public static Destination destination(Platform platform, String pixelId, Mapping mapping) {
        return destination(platform, pixelId, mapping, "http://127.0.0.1:1", false);
    }

    public static Destination destination(
            Platform platform, String pixelId, Mapping mapping, String endpoint, boolean testMode) {
        return new Destination(
                new Destination.Key(PROJECT, platform),
                true,
                testMode,
                pixelId,
                Optional.of(new AccessToken("sbx_ok_1")),
                endpoint,
                mapping);
    }

    public static Mapping mapping(Map<String, Optional<String>> eventMap) {
        return new Mapping(eventMap, null, null);
    }

    public static Mapping mapping(String actionSource) {
        return new Mapping(Map.of(), actionSource, null);
    }

    public static Mapping mapping(DataProcessing processing) {
        return new Mapping(Map.of(), null, processing);
    }

    public static PlatformAnswer answer(int status, String body) {
        return answer(status, body, Map.of());
    }

    public static PlatformAnswer answer(int status, String body, Map<String, List<String>> headers) {
        return new PlatformAnswer(
                NOW,
                Duration.ofMillis(5),
                status,
                headers,
                body.replace('\'', '"').getBytes(StandardCharsets.UTF_8),
                true);
    }
}
