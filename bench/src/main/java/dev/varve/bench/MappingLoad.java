package dev.varve.bench;

import dev.varve.collect.CollectOutcome;
import dev.varve.collect.Collector;
import dev.varve.collect.EventAllowance;
import dev.varve.collect.ServerRequest;
import dev.varve.connectors.PlatformHttp;
import dev.varve.connectors.RequestBody;
import dev.varve.connectors.meta.MetaConnector;
import dev.varve.connectors.meta.MetaSettings;
import dev.varve.connectors.tiktok.TikTokConnector;
import dev.varve.connectors.tiktok.TikTokSettings;
import dev.varve.destination.Candidate;
import dev.varve.destination.Connector;
import dev.varve.destination.Destination;
import dev.varve.destination.Preparation;
import dev.varve.destination.PreparedEvent;
import dev.varve.event.LoggedEvent;
import dev.varve.event.Platform;
import dev.varve.identity.KnownIds;
import dev.varve.server.conformance.CapturingLog;
import dev.varve.tenant.IngestApp;
import dev.varve.tenant.SdkPlatform;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/// The work that each event costs by itself, without store and network: collected with personal data hashed, and
/// mapped to a platform's request. Half of the events are web purchases, half are purchases in an iOS app.
final class MappingLoad {
    static final int EVENTS = 200;

    private static final UUID PROJECT = UUID.fromString("553b1ece-d8be-4051-be35-1cb962aae2e8");

    private final Instant now = Instant.now();
    private final CapturingLog log = new CapturingLog();
    private final Collector collector =
            new Collector(log, id -> Optional.empty(), EventAllowance.UNLIMITED, InstantSource.system());
    private final List<Half> halves;

    /// One kind of purchase: as sent to us, and as stored.
    private record Half(IngestApp app, byte[] body, List<LoggedEvent> stored) {}

    MappingLoad() {
        this.halves = List.of(half(SdkPlatform.WEB, Purchases.web(now)), half(SdkPlatform.IOS, Purchases.app(now)));
    }

    private Half half(SdkPlatform platform, List<String> purchases) {
        IngestApp app = app(platform);
        byte[] body = ("{\"events\":[" + String.join(",", purchases.subList(0, EVENTS / 2)) + "]}")
                .getBytes(StandardCharsets.UTF_8);
        if (!(collector.collectServer(new ServerRequest(app, body)) instanceof CollectOutcome.Collected)) {
            throw new IllegalStateException("the events of the load are refused");
        }
        return new Half(app, body, log.take());
    }

    private static IngestApp app(SdkPlatform platform) {
        return new IngestApp(
                "app_bench_" + platform,
                PROJECT,
                platform,
                new IngestApp.AppKeyPolicy(new byte[0], false),
                new IngestApp.AppStoreIdentity("Bench", "com.example.shop", null, "shop.example.com", "1234567890"),
                Map.of(),
                Map.of());
    }

    /// Collects all events once; answers how many.
    int collect() {
        for (Half half : halves) {
            collector.collectServer(new ServerRequest(half.app(), half.body()));
        }
        return halves.stream().mapToInt(half -> log.take().size()).sum();
    }

    /// The request bodies for all events, one of each half. Throws when an event is not sent.
    List<byte[]> requests(Target target) {
        List<byte[]> bodies = new ArrayList<>();
        for (Half half : halves) {
            Destination destination = target.destination(half.app().platform() == SdkPlatform.WEB);
            List<PreparedEvent> prepared = new ArrayList<>(half.stored().size());
            for (LoggedEvent event : half.stored()) {
                Candidate candidate = new Candidate(event, half.app(), KnownIds.NONE);
                prepared.add(sent(target.connector().prepare(candidate, destination, now)));
            }
            bodies.add(RequestBody.of(Map.of("partner_agent", "varve"), prepared));
        }
        return bodies;
    }

    private static PreparedEvent sent(Preparation preparation) {
        if (preparation instanceof Preparation.Prepared(PreparedEvent event)) {
            return event;
        }
        throw new IllegalStateException("an event of the load is not sent: " + preparation);
    }

    /// A platform's connector, as production makes it.
    record Target(Connector connector) {
        static Target meta() {
            return new Target(new MetaConnector(
                    PlatformHttp.newClient(Runnable::run), InstantSource.system(), MetaSettings.DEFAULT));
        }

        static Target tiktok() {
            return new Target(new TikTokConnector(
                    PlatformHttp.newClient(Runnable::run), InstantSource.system(), TikTokSettings.DEFAULT));
        }

        /// TikTok takes an app's events at an app id.
        private Destination destination(boolean web) {
            boolean isTikTokApp = connector.platform() == Platform.TIKTOK && !web;
            return new Destination(
                    new Destination.Key(PROJECT, connector.platform()),
                    true,
                    false,
                    isTikTokApp ? "7000000000000000001" : "900100200300400",
                    Optional.of(new Destination.AccessToken("none")),
                    "http://127.0.0.1",
                    Destination.Mapping.DEFAULT);
        }
    }
}
