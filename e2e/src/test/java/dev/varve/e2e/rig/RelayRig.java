package dev.varve.e2e.rig;

import static org.assertj.core.api.Assertions.assertThat;

import dev.varve.collect.CollectOutcome;
import dev.varve.collect.Collector;
import dev.varve.collect.EventAllowance;
import dev.varve.collect.SdkRequest;
import dev.varve.connectors.PlatformHttp;
import dev.varve.connectors.meta.MetaConnector;
import dev.varve.connectors.meta.MetaSettings;
import dev.varve.connectors.tiktok.TikTokConnector;
import dev.varve.connectors.tiktok.TikTokSettings;
import dev.varve.delivery.DeliverySettings;
import dev.varve.delivery.DestinationState;
import dev.varve.delivery.MemoryBudget;
import dev.varve.delivery.Relay;
import dev.varve.delivery.RelayPorts;
import dev.varve.destination.Destination;
import dev.varve.event.Platform;
import dev.varve.event.RequestOrigin;
import dev.varve.health.Accounting;
import dev.varve.health.CapiFacts;
import dev.varve.health.Receipt;
import dev.varve.store.postgres.Database;
import dev.varve.store.postgres.identity.PostgresProfiles;
import dev.varve.store.postgres.ledger.PostgresDeliveryLedger;
import dev.varve.store.postgres.log.PostgresEventLog;
import dev.varve.store.postgres.timeline.PostgresAccounting;
import dev.varve.store.postgres.timeline.PostgresCapiReadings;
import dev.varve.store.postgres.timeline.PostgresTimeline;
import dev.varve.tenant.IngestApp;
import dev.varve.tenant.Mode;
import java.net.http.HttpClient;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/// PostgreSQL, event log, collector, relay, both connectors over HTTP and the platform sandbox: all real, but on a
/// clock that only the test moves, so that days pass in seconds. What people configure is kept in memory.
public final class RelayRig implements AutoCloseable {
    private static final Instant START = Instant.parse("2026-11-04T12:00:00Z");
    private static final Duration PATIENCE = Duration.ofSeconds(40);
    private static final long PAUSE_NANOS = Duration.ofMillis(5).toNanos();

    private final TestClock clock = new TestClock(START);
    private final RigPostgres postgres = RigPostgres.open();
    private final HeardLog heard = HeardLog.open();
    private final RigSandbox sandbox = new RigSandbox(clock);
    private final Map<Destination.Key, Destination> destinations = new ConcurrentHashMap<>();
    private final Map<String, IngestApp> apps = new ConcurrentHashMap<>();
    private final Set<String> tokens = ConcurrentHashMap.newKeySet();
    private final ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor();
    private final HttpClient client = PlatformHttp.newClient(executor);
    private final PostgresEventLog log;
    private final Collector collector;
    private final Relay relay;
    private long handedIn;

    /// `batch`: most events per request. `timeout`: of a whole answer, in real time.
    public RelayRig(int batch, Duration timeout) {
        Database database = postgres.database();
        log = PostgresEventLog.open(database, clock);
        collector = new Collector(log, id -> Optional.ofNullable(apps.get(id)), EventAllowance.UNLIMITED, clock);
        RelayPorts ports = new RelayPorts(
                log,
                new PostgresDeliveryLedger(database.jdbi()),
                id -> Optional.ofNullable(apps.get(id)),
                key -> Optional.ofNullable(destinations.get(key)),
                new PostgresProfiles(database.jdbi()),
                (mode, platform, pixelId) -> Set.of());
        MetaSettings meta =
                new MetaSettings(MetaSettings.Versions.DEFAULT, "https://www.example.com/", timeout, Optional.empty());
        relay = new Relay(
                ports,
                List.of(
                        new MetaConnector(client, clock, meta),
                        new TikTokConnector(
                                client, clock, new TikTokSettings(timeout, Optional.empty(), Duration.ofDays(28)))),
                settings(batch),
                MemoryBudget.ofHeap(),
                clock);
        relay.start();
    }

    private static DeliverySettings settings(int batch) {
        DeliverySettings known = DeliverySettings.DEFAULT;
        return new DeliverySettings(
                batch, Duration.ofSeconds(1), known.backoff(), known.probing(), known.backlogOrder());
    }

    public RigSandbox sandbox() {
        return sandbox;
    }

    public Instant now() {
        return clock.instant();
    }

    // What people configure

    /// A project with both platforms on and tokens of its own.
    public RigShop openShop() {
        return openShop(Mode.LIVE);
    }

    /// Only of a test-mode project the sandbox takes an event's word for what shall become of it.
    public RigShop openShop(Mode mode) {
        RigShop shop = RigShop.open(mode);
        apps.put(shop.appId(), shop.app());
        for (Platform platform : Platform.values()) {
            configure(shop, platform, "sbx_ok_" + platform.shortName() + shop.suffix(), sandbox.url());
        }
        return shop;
    }

    public void configure(RigShop shop, Platform platform, String token, String endpoint) {
        tokens.add(token);
        destinations.put(shop.key(platform), destination(shop, platform, true, token, endpoint));
    }

    public void useToken(RigShop shop, Platform platform, String token) {
        configure(shop, platform, token, sandbox.url());
    }

    public void switchOff(RigShop shop, Platform platform) {
        destinations.put(shop.key(platform), destination(shop, platform, false, "sbx_ok_off", sandbox.url()));
    }

    private static Destination destination(
            RigShop shop, Platform platform, boolean enabled, String token, String endpoint) {
        return new Destination(
                shop.key(platform),
                enabled,
                shop.mode() == Mode.TEST,
                shop.pixel(platform),
                Optional.of(new Destination.AccessToken(token)),
                endpoint,
                Destination.Mapping.DEFAULT);
    }

    // Events

    /// Purchases of now, acknowledged when this returns.
    public void send(RigShop shop, List<String> ids) {
        sendBody(shop, RigEvents.purchases(ids, now()), ids.size());
    }

    /// Everything handed in so far is in a lane, or settled: the clock may go on without cutting a batch in two.
    public void awaitPlanned() {
        await("planned", () -> relay.plannedEvents() == handedIn);
    }

    /// A body in the SDK's form, all of whose events must be accepted.
    public void sendBody(RigShop shop, String body, int events) {
        CollectOutcome outcome = collector.collectSdk(new SdkRequest(
                shop.appId(),
                null,
                false,
                "2.2.0",
                null,
                new RequestOrigin("203.0.113.20", "Mozilla/5.0 rig"),
                body.getBytes(StandardCharsets.UTF_8)));
        assertThat(outcome)
                .isInstanceOfSatisfying(CollectOutcome.Collected.class, collected -> assertThat(collected.accepted())
                        .isEqualTo(events));
        handedIn += events;
    }

    // Time

    public void advance(Duration time) {
        clock.advance(time);
    }

    /// Waits in real time; the clock stands still.
    public static void await(String what, BooleanSupplier condition) {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).as(what).isLessThan(deadline);
            LockSupport.parkNanos(PAUSE_NANOS);
        }
    }

    /// Moves the clock step by step until the condition holds.
    public void advanceUntil(String what, Duration step, BooleanSupplier condition) {
        await(what, () -> {
            if (condition.getAsBoolean()) {
                return true;
            }
            advance(step);
            return false;
        });
    }

    /// Every event of the shop is settled, on every platform; that the sums add up is checked all the way.
    public void advanceUntilSettled(RigShop shop, Duration step) {
        advanceUntil(
                "all events of the shop are settled",
                step,
                () -> isSettled(shop, Platform.META) && isSettled(shop, Platform.TIKTOK));
    }

    public boolean isSettled(RigShop shop, Platform platform) {
        Accounting.Sums sums = sums(shop, platform);
        return sums.pending() + sums.retrying() == 0;
    }

    /// Everything handed in so far is either settled or waits in the ledger.
    public void awaitRecorded() {
        await("recorded", () -> relay.openEvents() == 0 && relay.waitingRows() == 0);
    }

    // What came of it

    /// @throws AssertionError when an event is in no sum
    public Accounting.Sums sums(RigShop shop, Platform platform) {
        Accounting.Sums sums = new PostgresAccounting(postgres.database().jdbi())
                .read(shop.projectId(), platform, Optional.empty(), START.minusSeconds(60), now().plusSeconds(60));
        assertThat(sums.unexplained()).as(sums.toString()).isZero();
        return sums;
    }

    public DestinationState state(RigShop shop, Platform platform) {
        return new PostgresDeliveryLedger(postgres.database().jdbi())
                .state(shop.key(platform))
                .orElseGet(() -> DestinationState.fresh(shop.key(platform)));
    }

    public Receipt receipt(RigShop shop, Platform platform, String eventId) {
        return new PostgresTimeline(postgres.database().jdbi(), clock)
                .find(shop.projectId(), eventId, Optional.of(shop.appId())).orElseThrow().receipts().stream()
                        .filter(receipt -> receipt.platform() == platform)
                        .findFirst()
                        .orElseThrow();
    }

    /// What the status of the destination is made of.
    public CapiFacts facts(RigShop shop, Platform platform) {
        return new PostgresCapiReadings(postgres.database().jdbi())
                .read(shop.projectId(), EnumSet.of(platform), now())
                .values()
                .iterator()
                .next()
                .facts();
    }

    /// Forwarded once, all of them, and nothing else.
    public void assertForwarded(RigShop shop, Platform platform, List<String> ids) {
        Accounting.Sums sums = sums(shop, platform);
        assertThat(sums.accepted()).isEqualTo(ids.size());
        assertThat(sums.forwarded()).as(sums.toString()).isEqualTo(ids.size());
        assertThat(sandbox.received(shop, platform).keySet()).containsExactlyInAnyOrderElementsOf(ids);
        assertThat(sandbox.counted(shop, platform)).isEqualTo(ids.size());
    }

    public void assertNoTokenInTheLog() {
        for (String token : tokens) {
            assertThat(heard.lines()).noneMatch(line -> line.contains(token));
        }
    }

    @Override
    public void close() {
        relay.close();
        log.close();
        client.shutdownNow();
        executor.shutdownNow();
        sandbox.close();
        heard.close();
        postgres.close();
    }
}
