package dev.varve.collect;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.varve.event.Event;
import dev.varve.event.LoggedEvent;
import dev.varve.event.Platform;
import dev.varve.event.RequestOrigin;
import dev.varve.eventlog.AppendResult;
import dev.varve.eventlog.EventBatch;
import dev.varve.eventlog.EventLog;
import dev.varve.eventlog.EventRef;
import dev.varve.identity.InMemoryConsents;
import dev.varve.identity.Sha256;
import dev.varve.tenant.IngestApp;
import dev.varve.tenant.RemoteConfig;
import dev.varve.tenant.SdkPlatform;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// A collector over a log in memory, with one app `app_1` whose key is `ak_right`.
final class CollectFixture {
    static final Instant NOW = Instant.parse("2026-11-04T16:02:49.671Z");
    private static final ObjectMapper JSON = new ObjectMapper();

    final List<Event> stored = new ArrayList<>();
    Map<Platform, String> defaultCountries = Map.of();
    boolean isKeyRequired;
    final InMemoryConsents consents = new InMemoryConsents();
    RemoteConfig remoteConfig = RemoteConfig.DEFAULT;
    Optional<Duration> wait = Optional.empty();

    private final Collector collector = new Collector(
            new RememberingLog(),
            appId -> appId.equals("app_1") ? Optional.of(app()) : Optional.empty(),
            consents,
            (appId, events) -> wait,
            () -> NOW);

    IngestApp app() {
        return new IngestApp(
                "app_1",
                UUID.fromString("553b1ece-d8be-4051-be35-1cb962aae2e8"),
                SdkPlatform.IOS,
                new IngestApp.AppKeyPolicy(new Sha256().bytes("ak_right"), isKeyRequired),
                new IngestApp.AppStoreIdentity("Acme", null, null, null, null),
                Map.of(),
                defaultCountries,
                remoteConfig);
    }

    CollectOutcome sdk(String body) {
        return sdk("app_1", null, body);
    }

    CollectOutcome sdk(@Nullable String appId, @Nullable String key, String body) {
        return sdk(appId, key, body.getBytes(StandardCharsets.UTF_8));
    }

    CollectOutcome sdk(@Nullable String appId, @Nullable String key, byte[] body) {
        return collector.collectSdk(
                new SdkRequest(appId, key, false, "ios/4.1", null, new RequestOrigin("203.0.113.7", "Acme/3"), body));
    }

    CollectOutcome probe(String body) {
        return collector.collectSdk(new SdkRequest(
                "app_1", null, true, null, null, RequestOrigin.UNKNOWN, body.getBytes(StandardCharsets.UTF_8)));
    }

    CollectOutcome server(String body) {
        return collector.collectServer(new ServerRequest(app(), body.getBytes(StandardCharsets.UTF_8)));
    }

    DraftOutcome draft(String body) {
        return collector.draft(new ServerRequest(app(), body.getBytes(StandardCharsets.UTF_8)));
    }

    /// Collects one SDK event with these further members and gives its document.
    JsonNode sdkDocument(String members) {
        sdk(sdkBody(members));
        return lastDocument();
    }

    /// Collects one server event with these further members and gives its document.
    JsonNode serverDocument(String members) {
        server(serverBody(members));
        return lastDocument();
    }

    static String sdkBody(String members) {
        return "{\"events\":[{\"event\":\"purchase_success\",\"timestamp\":\"2026-11-04T16:02:48.900Z\""
                + comma(members) + members + "}]}";
    }

    static String serverBody(String members) {
        return "{\"events\":[{\"name\":\"purchase_success\",\"occurredAt\":\"2026-11-04T16:02:48.900Z\""
                + comma(members) + members + "}]}";
    }

    private static String comma(String members) {
        return members.isEmpty() ? "" : ",";
    }

    JsonNode lastDocument() {
        return json(stored.getLast().document());
    }

    static JsonNode json(byte[] bytes) {
        try {
            return JSON.readTree(bytes);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static String quoted(String text) {
        try {
            return JSON.writeValueAsString(text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private final class RememberingLog implements EventLog {
        private final Set<String> known = new HashSet<>();

        @Override
        public AppendResult append(EventBatch batch) {
            BitSet duplicates = new BitSet();
            for (int i = 0; i < batch.events().size(); i++) {
                Event event = batch.events().get(i);
                if (known.add(event.identity().eventId())) {
                    stored.add(event);
                } else {
                    duplicates.set(i);
                }
            }
            return new AppendResult(batch.events().size() - duplicates.cardinality(), duplicates);
        }

        @Override
        public List<LoggedEvent> read(long stream, long after, int max) {
            return List.of();
        }

        @Override
        public List<LoggedEvent> fetch(Set<EventRef> refs) {
            return List.of();
        }

        @Override
        public List<Long> heldStreams() {
            return List.of(1L);
        }

        @Override
        public List<Long> ownStreams() {
            return List.of(1L);
        }

        @Override
        public void onCommitted(Consumer<List<LoggedEvent>> listener) {
            // nobody listens in these tests
        }
    }
}
